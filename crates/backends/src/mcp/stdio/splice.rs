//! Lines of a program's standard output to messages: some servers print a message over several lines, or text between.

use serde_json::Value;

use super::super::wire;

/// Most bytes of a message over several lines.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Most lines of one.
const MOST_LINES: usize = 20_000;

/// Tries to read what was begun that are free; further ones only after it has doubled, so that the work stays in proportion to what came.
const FREE_TRIES: u32 = 16;

/// What a line turned out to be.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// A whole message.
    Message(Value),
    /// Part of a message that is not whole yet.
    Part,
    /// Not a message: text, or the beginnings of what never became one.
    Noise(Vec<String>),
}

/// Puts messages together.
#[derive(Debug, Default)]
pub(super) struct Splicer {
    begun: Vec<u8>,
    lines: usize,
    tries: u32,
    /// Not tried again before it is this long.
    next_try: usize,
}

impl Splicer {
    /// The next line.
    pub(super) fn push(&mut self, line: &[u8]) -> Line {
        if let Some(message) = message(line) {
            // What was begun before was none, or this is an array or object inside of it.
            if !is_inside(&message) || self.begun.is_empty() {
                *self = Self::default();
                return Line::Message(message);
            }
        }
        if self.begun.is_empty() {
            if !opens(line) {
                return Line::Noise(vec![String::from_utf8_lossy(line).into_owned()]);
            }
        } else if closes(line)
            && self.may_try()
            && let Some(message) = message(&[self.begun.as_slice(), line].join(&b'\n'))
        {
            *self = Self::default();
            return Line::Message(message);
        }
        self.begun.extend_from_slice(line);
        self.begun.push(b'\n');
        self.lines += 1;
        if self.begun.len() > MOST_BYTES || self.lines > MOST_LINES {
            return Line::Noise(self.give_up());
        }
        Line::Part
    }

    fn may_try(&mut self) -> bool {
        if self.begun.len() < self.next_try {
            return false;
        }
        self.tries += 1;
        if self.tries >= FREE_TRIES {
            self.next_try = self.begun.len() * 2;
        }
        true
    }

    fn give_up(&mut self) -> Vec<String> {
        let begun = std::mem::take(self);
        let text = String::from_utf8_lossy(&begun.begun).into_owned();
        text.lines().map(str::to_owned).collect()
    }
}

/// A line that may be the beginning of a message over several lines.
fn opens(line: &[u8]) -> bool {
    let trimmed = line.trim_ascii();
    trimmed == b"{" || trimmed == b"["
}

/// A line that may be the end of one: an outermost bracket is not indented, so that each part is read once.
fn closes(line: &[u8]) -> bool {
    matches!(line.trim_ascii_end(), b"}" | b"]")
}

/// A value that is no message by itself: a line of one that is printed over several.
fn is_inside(value: &Value) -> bool {
    value.get("jsonrpc").is_none()
        && !value.as_array().is_some_and(|all| all.iter().any(|one| !is_inside(one)))
}

fn message(bytes: &[u8]) -> Option<Value> {
    let first = bytes.trim_ascii_start().first()?;
    if !matches!(first, b'{' | b'[' | 0xef) {
        return None;
    }
    wire::parse(bytes).ok().filter(|value| value.is_object() || value.is_array())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_over_several_lines_is_put_together() {
        let mut splicer = Splicer::default();
        let text =
            serde_json::to_string_pretty(&json!({"jsonrpc": "2.0", "id": 1, "result": {"tools": [{}, []]}}))
                .unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let (last, first) = lines.split_last().unwrap();
        for line in first {
            assert_eq!(splicer.push(line.as_bytes()), Line::Part, "{line}");
        }
        assert!(matches!(splicer.push(last.as_bytes()), Line::Message(message) if message["id"] == 1));
        assert!(matches!(splicer.push(b"{\"jsonrpc\":\"2.0\",\"id\":2}"), Line::Message(_)));
    }

    #[test]
    fn text_is_noise_and_a_message_after_a_false_beginning_counts() {
        let mut splicer = Splicer::default();
        assert!(matches!(splicer.push(b"npm notice hello"), Line::Noise(_)));
        assert!(matches!(splicer.push(b"{not json"), Line::Noise(_)));
        assert_eq!(splicer.push(b"{"), Line::Part);
        assert!(matches!(splicer.push(b"{\"jsonrpc\":\"2.0\",\"id\":2}"), Line::Message(_)));
        assert!(matches!(splicer.push(b"more text"), Line::Noise(_)));
    }

    #[test]
    fn false_ends_are_not_read_again_and_again() {
        let mut splicer = Splicer::default();
        splicer.push(b"{");
        for _ in 0..10_000 {
            splicer.push(b"\"k\": \"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\",");
            splicer.push(b"}");
        }
        assert!(splicer.tries < FREE_TRIES + 30, "{}", splicer.tries);
    }

    #[test]
    fn what_never_ends_is_given_up() {
        let mut splicer = Splicer::default();
        splicer.push(b"{");
        let gave_up = (0..=MOST_LINES).any(|_| matches!(splicer.push(b"x"), Line::Noise(_)));
        assert!(gave_up);
    }
}
