//! Everything that reaches the terminal: the one place that writes to stdout and stderr.

mod ask;
mod failure;
mod live;
mod report;
mod screen;
mod style;
mod table;
mod text;
mod tree;

use std::io::{IsTerminal as _, Write as _};

use jackfield_protocol::error::Failure;
use serde::Serialize;

pub(crate) use ask::{Asking, Question, Typed, describe};
pub(crate) use live::{Live, Shown, compact, pretty, said_already};
pub(crate) use report::{check_lines, checks, health_mark, status_mark};
pub(crate) use screen::{Op, Screen};
pub(crate) use style::{ColorChoice, Style, Tone};
pub(crate) use table::{Column, Table};
pub(crate) use text::{ago, bytes, cut, duration, join, one_line, plain, plural, width, wrap};
pub(crate) use tree::{TreeOptions, tree};

/// Where a command writes, and how.
#[derive(Debug, Clone)]
pub(crate) struct Out {
    /// One JSON document, or one event a line, in place of words.
    pub(crate) json: bool,
    /// Columns of the terminal; 100 where there is none.
    pub(crate) width: usize,
    /// Colours of stdout.
    pub(crate) style: Style,
    /// Colours of stderr.
    pub(crate) err: Style,
    /// Stdout is a terminal.
    pub(crate) stdout_terminal: bool,
    /// Stderr is a terminal that can be redrawn.
    pub(crate) stderr_terminal: bool,
    /// Stdin is a terminal: somebody can be asked.
    pub(crate) stdin_terminal: bool,
}

/// Columns that are assumed where there is no terminal.
const WIDTH_OF_A_PIPE: usize = 100;

impl Out {
    /// Looks at the terminal once.
    pub(crate) fn new(json: bool, color: ColorChoice, no_color: bool, dumb: bool) -> Self {
        let stdout_terminal = std::io::stdout().is_terminal();
        let stderr_terminal = std::io::stderr().is_terminal();
        Self {
            json,
            width: Self::columns(),
            style: Style::new(color.wanted(stdout_terminal && !dumb, no_color)),
            err: Style::new(color.wanted(stderr_terminal && !dumb, no_color)),
            stdout_terminal,
            stderr_terminal: stderr_terminal && !dumb,
            stdin_terminal: std::io::stdin().is_terminal(),
        }
    }

    /// Columns of the terminal now; it may have been resized.
    pub(crate) fn columns() -> usize {
        terminal_size::terminal_size_of(std::io::stdout())
            .or_else(|| terminal_size::terminal_size_of(std::io::stderr()))
            .map_or(WIDTH_OF_A_PIPE, |(terminal_size::Width(columns), _)| usize::from(columns).max(20))
    }

    /// One line on stdout.
    pub(crate) fn line(&self, text: impl AsRef<str>) {
        self.text(&format!("{}\n", text.as_ref()));
    }

    /// Several lines on stdout.
    pub(crate) fn lines(&self, lines: impl IntoIterator<Item = String>) {
        let mut text = String::new();
        for line in lines {
            text.push_str(&line);
            text.push('\n');
        }
        self.text(&text);
    }

    /// Text on stdout, as it is.
    pub(crate) fn text(&self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Bytes on stdout, as they are.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        let mut stdout = std::io::stdout().lock();
        let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
        if written.is_err_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe) {
            // Whoever read us has gone (`| head`): there is nothing left to say, and nothing went wrong.
            std::process::exit(0);
        }
    }

    /// One line on stderr.
    pub(crate) fn note(&self, text: impl AsRef<str>) {
        self.err_text(&format!("{}\n", text.as_ref()));
    }

    /// Text on stderr, as it is. A closed stderr is nobody's fault.
    pub(crate) fn err_text(&self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }

    /// Asks at the terminal; anything but yes is no.
    pub(crate) fn confirm(&self, question: &str) -> bool {
        self.err_text(&format!("{question} [y/N] "));
        let mut line = String::new();
        let read = std::io::stdin().read_line(&mut line);
        read.is_ok() && matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
    }

    /// One JSON document on stdout; indented where a person reads it.
    pub(crate) fn document<T: Serialize>(&self, value: &T) -> Result<(), Failure> {
        let text = if self.stdout_terminal {
            serde_json::to_string_pretty(value)
        } else {
            serde_json::to_string(value)
        };
        self.line(
            text.map_err(|error| Failure::internal(format!("The answer cannot be written: {error}.")))?,
        );
        Ok(())
    }

    /// A warning on stderr.
    pub(crate) fn warn(&self, text: &str) {
        self.note(format!("{} {text}", self.err.paint(Tone::Warn, "warning:")));
    }

    /// A failure on stderr: what happened, where, what to do next, where to read more.
    pub(crate) fn failure(&self, failure: &Failure) {
        for line in failure::failure(failure, self.width, self.err) {
            self.note(line);
        }
    }

    /// Carries out what the screen has worked out.
    pub(crate) fn perform(&self, ops: &[Op]) {
        for op in ops {
            match op {
                Op::Text(text) => self.text(text),
                Op::Draw(text) => self.err_text(text),
            }
        }
    }
}
