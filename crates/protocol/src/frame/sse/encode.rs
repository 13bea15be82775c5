//! Writing an event stream.

use std::fmt::Write as _;

use bytes::Bytes;

/// One event. `data` may have several lines; its `\r\n` and `\r` become `\n` at the reader, as the format has it.
/// In `id` and `event` a line end would be a new field, and NUL would void an id: they become spaces.
#[must_use]
pub fn encode(id: Option<&str>, event: Option<&str>, data: &str) -> Bytes {
    let mut text = String::with_capacity(data.len() + 64);
    for (name, value) in [("id", id), ("event", event)] {
        if let Some(value) = value {
            text.push_str(name);
            text.push_str(": ");
            text.extend(value.chars().map(one_line));
            text.push('\n');
        }
    }
    each_line(data, |line| {
        text.push_str("data: ");
        text.push_str(line);
        text.push('\n');
    });
    text.push('\n');
    text.into()
}

/// A comment, for heartbeats; readers ignore it.
#[must_use]
pub fn comment(text: &str) -> Bytes {
    let mut block = String::with_capacity(text.len() + 8);
    each_line(text, |line| {
        block.push_str(": ");
        block.push_str(line);
        block.push('\n');
    });
    block.push('\n');
    block.into()
}

/// Asks the reader to wait so long before it reconnects.
#[must_use]
pub fn retry(milliseconds: u64) -> Bytes {
    let mut block = String::with_capacity(32);
    // Writing into a string cannot fail.
    let _ = write!(block, "retry: {milliseconds}\n\n");
    block.into()
}

fn one_line(character: char) -> char {
    if matches!(character, '\r' | '\n' | '\0') { ' ' } else { character }
}

fn each_line(text: &str, mut line: impl FnMut(&str)) {
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once(['\r', '\n']) {
        line(head);
        let crlf = rest.as_bytes().get(head.len()) == Some(&b'\r');
        rest = if crlf { tail.strip_prefix('\n').unwrap_or(tail) } else { tail };
    }
    line(rest);
}
