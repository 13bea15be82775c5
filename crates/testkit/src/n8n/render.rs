//! Makes a recorded text this run's own: addresses, ids, trace context, times.

use jiff::{SignedDuration, Timestamp};

/// Only times this near to the recording are moved: others mean something else.
const NEAR_MS: i64 = 24 * 3600 * 1000;

/// What belongs to one run.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    /// Placeholder and value.
    pub(super) texts: Vec<(String, String)>,
    /// From when on times are moved, and by how many milliseconds; in order.
    pub(super) shifts: Vec<(Timestamp, i64)>,
}

impl Marks {
    /// The text with this run's own values.
    pub(super) fn render(&self, text: &str) -> String {
        let mut text = self.times(text);
        for (placeholder, value) in &self.texts {
            if text.contains(placeholder.as_str()) {
                text = text.replace(placeholder.as_str(), value);
            }
        }
        text
    }

    /// Milliseconds to add to a recorded time: those of the last part that had begun by then.
    fn shift(&self, recorded_ms: i64) -> Option<i64> {
        let (first, _) = self.shifts.first()?;
        if (recorded_ms - first.as_millisecond()).abs() > NEAR_MS {
            return None;
        }
        let begun = self.shifts.iter().rev().find(|(from, _)| from.as_millisecond() <= recorded_ms);
        begun.or(self.shifts.first()).map(|(_, shift)| *shift)
    }

    /// Moves times written as `2026-11-24T02:02:39.506Z` and as 13 digits of milliseconds.
    fn times(&self, text: &str) -> String {
        const ISO: usize = 24;
        let bytes = text.as_bytes();
        let mut out = String::with_capacity(text.len());
        let (mut done, mut at) = (0, 0);
        while at < bytes.len() {
            if !bytes[at].is_ascii_digit() {
                at += 1;
                continue;
            }
            let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let moved = match digits {
                13 => text[at..at + 13]
                    .parse()
                    .ok()
                    .and_then(|ms: i64| Some((13, (ms + self.shift(ms)?).to_string()))),
                4 => text.get(at..at + ISO).and_then(|iso| Some((ISO, self.iso(iso)?))),
                _ => None,
            };
            match moved {
                Some((length, new)) => {
                    out.push_str(&text[done..at]);
                    out.push_str(&new);
                    at += length;
                    done = at;
                }
                None => at += digits,
            }
        }
        out.push_str(&text[done..]);
        out
    }

    fn iso(&self, text: &str) -> Option<String> {
        if !text.ends_with('Z') || text.as_bytes().get(10) != Some(&b'T') {
            return None;
        }
        let time: Timestamp = text.parse().ok()?;
        let shift = SignedDuration::from_millis(self.shift(time.as_millisecond())?);
        Some(format!("{:.3}", time.checked_add(shift).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_times_move_with_their_part_and_far_ones_stay() {
        let begun: Timestamp = "2026-11-24T02:00:00Z".parse().unwrap();
        let answered: Timestamp = "2026-11-24T02:00:10Z".parse().unwrap();
        let marks = Marks {
            texts: vec![("<BASE>".to_owned(), "http://h".to_owned())],
            shifts: vec![(begun, 1000), (answered, 60_000)],
        };
        let text = r#"{"a":"2026-11-24T02:00:01.500Z","b":1795485611000,"c":"3000-01-01T00:00:00.000Z","n":"1234567890123456","u":"<BASE>/ü"}"#;
        assert_eq!(
            marks.render(text),
            r#"{"a":"2026-11-24T02:00:02.500Z","b":1795485671000,"c":"3000-01-01T00:00:00.000Z","n":"1234567890123456","u":"http://h/ü"}"#
        );
    }
}
