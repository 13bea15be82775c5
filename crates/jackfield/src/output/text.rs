//! Small pieces of text: widths, cuts, durations, sizes. Everything a peer says passes [`plain`] before it
//! reaches a terminal, so that no peer can move the cursor or change the title of the window.

use jiff::Timestamp;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{Style, Tone};

/// Columns that a text takes; escape sequences of our own colours take none.
pub(crate) fn width(text: &str) -> usize {
    let mut columns = 0;
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        columns += rest[..at].width();
        let sequence = &rest[at..];
        let end = sequence.find('m').map_or(sequence.len(), |end| end + 1);
        rest = &sequence[end..];
    }
    columns + rest.width()
}

/// Cuts plain text to a number of columns, with an ellipsis where something is left out.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for character in text.chars() {
        let next = character.width().unwrap_or(0);
        if used + next + 1 > columns {
            break;
        }
        used += next;
        kept.push(character);
    }
    if columns > 0 {
        kept.push('…');
    }
    kept
}

/// Text from a peer without anything that a terminal would obey; line breaks and tabs stay.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .filter(|character| {
            matches!(character, '\n' | '\t') || !(character.is_control() || is_direction(*character))
        })
        .collect()
}

/// Marks that turn the direction of text: they can make one thing look like another.
fn is_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text in one line: line breaks and runs of blanks become one blank.
pub(crate) fn one_line(text: &str) -> String {
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Breaks text at blanks so that no line is wider than `columns`; a longer word stays whole.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && width(&line) + 1 + width(word) > columns {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// Facts beside each other, on as many lines as it takes.
pub(crate) fn join(facts: &[String], columns: usize, style: Style) -> Vec<String> {
    let gap = style.paint(Tone::Dim, " · ");
    let mut lines = Vec::new();
    let mut line = String::new();
    for fact in facts {
        if line.is_empty() {
            line.clone_from(fact);
        } else if width(&line) + 3 + width(fact) <= columns {
            line = format!("{line}{gap}{fact}");
        } else {
            lines.push(std::mem::replace(&mut line, fact.clone()));
        }
    }
    lines.push(line);
    lines
}

/// Milliseconds in words: `8 ms`, `1.2 s`, `2 min 05 s`, `1 h 03 min`.
pub(crate) fn duration(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..59_950 => format!("{}.{} s", (ms + 50) / 1_000, (ms + 50) % 1_000 / 100),
        59_950..3_600_000 => {
            let seconds = (ms + 500) / 1_000;
            format!("{} min {:02} s", seconds / 60, seconds % 60)
        }
        _ => {
            let minutes = ms / 60_000;
            format!("{} h {:02} min", minutes / 60, minutes % 60)
        }
    }
}

/// Time since, in words.
pub(crate) fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(then.as_second());
    match seconds {
        ..5 => "just now".to_owned(),
        5..60 => format!("{seconds} s ago"),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} d ago", seconds / 86_400),
    }
}

/// Bytes in words.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    for (unit, size) in UNITS {
        if count >= size {
            return format!("{}.{} {unit}", count / size, count % size * 10 / size);
        }
    }
    format!("{count} B")
}

/// `1 step`, `2 steps`.
pub(crate) fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let shown: Vec<String> =
            [0, 8, 999, 1_000, 1_249, 1_250, 59_949, 59_950, 125_000, 3_600_000, 3_780_000]
                .into_iter()
                .map(duration)
                .collect();
        assert_eq!(
            shown,
            [
                "0 ms",
                "8 ms",
                "999 ms",
                "1.0 s",
                "1.2 s",
                "1.3 s",
                "59.9 s",
                "1 min 00 s",
                "2 min 05 s",
                "1 h 00 min",
                "1 h 03 min"
            ]
        );
    }

    #[test]
    fn cuts_count_columns_not_bytes() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdef", 5), "abcd…");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn widths_leave_out_our_own_colours() {
        let painted = super::super::Style::new(true).paint(super::super::Tone::Good, "日x");
        assert_eq!(width(&painted), 3);
    }

    #[test]
    fn a_peer_cannot_talk_to_the_terminal() {
        assert_eq!(plain("a\u{1b}]0;title\u{7}b\r\n\u{202e}c\u{9b}31m"), "a]0;titleb\nc31m");
        assert_eq!(one_line("a\n\n  b\tc"), "a b c");
    }

    #[test]
    fn wrapping_breaks_at_blanks() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a\n\nb", 7), ["a", "", "b"]);
        assert_eq!(wrap("incomprehensible x", 5), ["incomprehensible", "x"]);
    }

    #[test]
    fn sizes_and_counts() {
        assert_eq!(bytes(12), "12 B");
        assert_eq!(bytes(1536), "1.5 KiB");
        assert_eq!(bytes(5 << 30), "5.0 GiB");
        assert_eq!(plural(1, "step"), "1 step");
        assert_eq!(plural(0, "step"), "0 steps");
    }
}
