//! What was said in a conversation where the workflow that is run next was not listening: with another backend.

use jackfield_protocol::{
    event::{Delta, Draft, EventBody, Part},
    port::HistoryMessage,
};

/// Most messages that are handed over: the latest.
const MOST: usize = 40;

/// Longest text that is handed over, in bytes.
const LONGEST: usize = 32 * 1024;

/// The messages that the workflow has not heard, oldest first and bounded: the latest stay.
pub(crate) fn unheard(history: &[HistoryMessage]) -> Vec<&HistoryMessage> {
    let mut room = LONGEST;
    let mut latest: Vec<&HistoryMessage> = history
        .iter()
        .rev()
        .take_while(|message| !message.heard)
        .take(MOST)
        .take_while(|message| {
            let fits = message.text.len() <= room;
            room = room.saturating_sub(message.text.len());
            fits
        })
        .collect();
    latest.reverse();
    latest
}

/// The new message with what was said before it, for peers that take nothing but one text.
pub(crate) fn told_before(earlier: &[&HistoryMessage], text: &str) -> String {
    let mut whole = String::from("Earlier in this conversation:\n");
    for message in earlier {
        whole.push_str(if message.role == "assistant" { "Assistant: " } else { "User: " });
        whole.push_str(&message.text);
        whole.push('\n');
    }
    whole.push_str("\nNow:\n");
    whole.push_str(text);
    whole
}

/// Says in the log that messages were handed over: the peer gets more than was typed.
pub(crate) fn note(count: usize) -> Draft {
    let what = if count == 1 { "1 earlier message" } else { &format!("{count} earlier messages") };
    let text = format!("{what} of the conversation, said elsewhere, handed over with this one.\n");
    Draft::new(EventBody::Delta(Delta { part: Part::Log, text, supersedes: None })).message("log")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(role: &str, text: &str, heard: bool) -> HistoryMessage {
        HistoryMessage { role: role.to_owned(), text: text.to_owned(), heard }
    }

    #[test]
    fn only_what_came_after_the_workflow_last_listened() {
        let history = [
            said("user", "a", true),
            said("assistant", "b", true),
            said("user", "my name is Ada", false),
            said("assistant", "hello Ada", false),
        ];
        let earlier = unheard(&history);
        assert_eq!(
            told_before(&earlier, "Who am I?"),
            "Earlier in this conversation:\nUser: my name is Ada\nAssistant: hello Ada\n\nNow:\nWho am I?"
        );
    }

    #[test]
    fn a_long_conversation_is_cut_at_its_old_end() {
        let many: Vec<HistoryMessage> = (0..100).map(|n| said("user", &n.to_string(), false)).collect();
        let kept = unheard(&many);
        assert_eq!((kept.len(), kept[0].text.as_str(), kept[39].text.as_str()), (40, "60", "99"));
        let large = [said("user", &"x".repeat(LONGEST), false), said("user", "last", false)];
        assert_eq!(unheard(&large).len(), 1);
    }
}
