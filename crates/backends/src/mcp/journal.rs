//! What a server's program printed and what happened to its connection: the last lines, bounded.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use jackfield_protocol::{port::JournalLine, time::now};

/// Most lines that are kept.
const LINES: usize = 500;
/// Longest line, in bytes.
const LONGEST: usize = 2048;

/// The last lines of one backend; clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<VecDeque<JournalLine>>>);

impl Journal {
    /// What the hub did or found.
    pub(crate) fn hub(&self, text: impl Into<String>) {
        self.push("hub", text.into());
    }

    /// A line of the program's standard error.
    pub(crate) fn stderr(&self, text: String) {
        self.push("stderr", text);
    }

    /// A line of the program's standard output that is no message.
    pub(crate) fn stdout(&self, text: String) {
        self.push("stdout", text);
    }

    fn push(&self, source: &str, mut text: String) {
        if text.len() > LONGEST {
            text.truncate(text.floor_char_boundary(LONGEST - 3));
            text.push('…');
        }
        // Control characters would move the cursor of whoever reads it on a terminal.
        if text.chars().any(|char| char.is_control() && char != '\t') {
            text.retain(|char| !char.is_control() || char == '\t');
        }
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LINES {
            lines.pop_front();
        }
        lines.push_back(JournalLine { at: now(), source: source.to_owned(), text });
    }

    /// All of them, oldest first.
    pub(crate) fn lines(&self) -> Vec<JournalLine> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// The last lines of the program's standard error as one text, for a failure; `None` when it said nothing.
    pub(crate) fn last_words(&self) -> Option<String> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let said: Vec<&str> = lines
            .iter()
            .rev()
            .take_while(|line| line.source != "hub")
            .filter(|line| line.source == "stderr" && !line.text.trim().is_empty())
            .take(3)
            .map(|line| line.text.trim())
            .collect();
        let text = said.into_iter().rev().collect::<Vec<_>>().join(" / ");
        let short = text.char_indices().nth(400).map_or(text.as_str(), |(at, _)| &text[..at]);
        (!short.is_empty()).then(|| short.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_bounded_and_knows_the_last_words() {
        let journal = Journal::default();
        for n in 0..2 * LINES {
            journal.stderr(format!("line {n}\x1b[2J{}", "é".repeat(LONGEST)));
        }
        let lines = journal.lines();
        assert_eq!(lines.len(), LINES);
        assert!(lines.iter().all(|line| line.text.len() <= LONGEST && !line.text.contains('\x1b')));
        journal.hub("started");
        assert_eq!(journal.last_words(), None);
        journal.stderr("Error: no such file".to_owned());
        assert_eq!(journal.last_words().as_deref(), Some("Error: no such file"));
    }
}
