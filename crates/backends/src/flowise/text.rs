//! The text of an answer: what was streamed beside what Flowise stored.

use jackfield_protocol::{
    event::{Delta, Draft, EventBody, Part, Transcript},
    ids::MessageId,
};

use super::parse::prefix;
pub(crate) use crate::teller::answer;

/// What is missing of the stored text of one part of a run. A stream has what the stored text lacks (words before a tool call, in flows without
/// detailed streaming): that is no difference.
pub(crate) fn missing(seen: &Transcript, segment: u64, stored: &str) -> Option<Draft> {
    let last = last_message(seen, segment);
    let said = last.map(|message| message.text.as_str()).unwrap_or_default();
    if stored.trim().is_empty() || said.trim_end().ends_with(stored.trim()) {
        return None;
    }
    let own = || MessageId(format!("{}stored", prefix(segment)));
    let (id, text, supersedes) = match last {
        None => (own(), stored, None),
        Some(message) => match stored.strip_prefix(said) {
            Some(rest) => (message.id.clone(), rest, None),
            None => (own(), stored, Some(message.id.clone())),
        },
    };
    let delta = Delta { part: Part::Text, text: text.to_owned(), supersedes };
    Some(Draft::new(EventBody::Delta(delta)).message(id))
}

fn last_message(seen: &Transcript, segment: u64) -> Option<&jackfield_protocol::event::Message> {
    let prefix = prefix(segment);
    let mut messages = seen.messages().iter().rev();
    messages
        .find(|message| !message.superseded && !message.text.is_empty() && message.id.0.starts_with(&prefix))
}

#[cfg(test)]
mod tests {
    use jackfield_protocol::{ids::RunId, time::now};

    use super::*;

    fn seen(messages: &[(&str, &str)]) -> Transcript {
        let mut seen = Transcript::new();
        for (id, text) in messages {
            let draft = Draft::new(EventBody::Delta(Delta::text(*text))).message(*id);
            seen.apply(&draft.stamp(RunId::new(), seen.last_seq + 1, now(), None));
        }
        seen
    }

    fn told(seen: &Transcript, segment: u64, stored: &str) -> Option<(String, String, bool)> {
        let draft = missing(seen, segment, stored)?;
        let EventBody::Delta(delta) = draft.body else { panic!("no delta") };
        Some((draft.message_id.unwrap().0, delta.text, delta.supersedes.is_some()))
    }

    #[test]
    fn only_what_is_missing_is_told() {
        let half = seen(&[("m0:answer.0", "tok1 tok2 ")]);
        assert_eq!(
            told(&half, 0, "tok1 tok2 tok3"),
            Some(("m0:answer.0".to_owned(), "tok3".to_owned(), false))
        );
        assert_eq!(told(&half, 0, "tok1 tok2"), None);
        assert_eq!(told(&half, 0, "other"), Some(("m0:stored".to_owned(), "other".to_owned(), true)));
        assert_eq!(told(&half, 1, "Sent."), Some(("m1:stored".to_owned(), "Sent.".to_owned(), false)));
        assert_eq!(told(&half, 0, " "), None);
    }

    #[test]
    fn words_before_a_tool_call_stay() {
        assert_eq!(told(&seen(&[("m0:answer.0", "Let me see.tok1 tok2")]), 0, "tok1 tok2"), None);
    }
}
