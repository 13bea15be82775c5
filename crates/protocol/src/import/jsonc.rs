//! JSON as people keep it in files: with comments, trailing commas and a byte order mark.

use serde_json::Value;

use crate::error::{ErrorCode, Failure};

/// Reads it. Positions in errors are those of the text.
///
/// # Errors
/// `InvalidJson`, with line and column; never with a part of the text, which may be a secret.
pub(super) fn parse(text: &str) -> Result<Value, Failure> {
    let text = text.trim_start_matches('\u{feff}');
    // READMEs print `"name": { … }` without the braces around it.
    let fragment = text.trim_start().starts_with('"');
    let strict = if fragment { strict(&format!("{{{text}\n}}")) } else { strict(text) };
    serde_json::from_slice(&strict).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = error.to_string();
        let what = what.rsplit_once(" at line ").map_or(what.as_str(), |(what, _)| what);
        Failure::new(ErrorCode::InvalidJson, format!("The document is not JSON: {what}."))
            .hint("Check quotes, commas and brackets there. Comments and trailing commas are taken; single quotes are not.")
            .at(format!("line {line}, column {column}"))
    })
}

/// Comments and trailing commas become spaces, so that everything else stays where it is.
fn strict(text: &str) -> Vec<u8> {
    let mut out = text.as_bytes().to_vec();
    let mut comma = None;
    let mut at = 0;
    while let Some(&byte) = out.get(at) {
        match byte {
            b'"' => {
                comma = None;
                at = string_end(&out, at);
            }
            b'/' if out.get(at + 1) == Some(&b'/') => {
                while out.get(at).is_some_and(|byte| *byte != b'\n') {
                    blank(&mut out, at);
                    at += 1;
                }
            }
            b'/' if out.get(at + 1) == Some(&b'*') => at = blank_block(&mut out, at),
            b',' => {
                comma = Some(at);
                at += 1;
            }
            b'}' | b']' => {
                if let Some(comma) = comma.take() {
                    blank(&mut out, comma);
                }
                at += 1;
            }
            byte => {
                if !byte.is_ascii_whitespace() {
                    comma = None;
                }
                at += 1;
            }
        }
    }
    out
}

/// The position after the string that begins at `at`.
fn string_end(text: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while let Some(&byte) = text.get(end) {
        match byte {
            b'\\' => end += 2,
            b'"' => return end + 1,
            _ => end += 1,
        }
    }
    end
}

/// Blanks the comment that begins at `at`, if it ends; gives the position after it.
fn blank_block(text: &mut [u8], at: usize) -> usize {
    let rest = text.get(at + 2..).unwrap_or_default();
    let Some(length) = rest.windows(2).position(|two| two == b"*/") else {
        // Left as it is, so that the parser complains where it begins.
        return text.len();
    };
    let end = at + 2 + length + 2;
    for at in at..end {
        blank(text, at);
    }
    end
}

fn blank(text: &mut [u8], at: usize) {
    if let Some(byte) = text.get_mut(at)
        && *byte != b'\n'
    {
        *byte = b' ';
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_taken() {
        let text =
            "\u{feff}// who\n{ /* what ü */ \"a\": [1, 2, /* three */ ], // so\n \"u\": \"http://x/*y*/\", }";
        assert_eq!(parse(text).unwrap(), json!({"a": [1, 2], "u": "http://x/*y*/"}));
        assert_eq!(parse(r#"{"a": "\",}", }"#).unwrap(), json!({"a": "\",}"}));
    }

    #[test]
    fn a_fragment_of_a_readme_is_taken() {
        assert_eq!(
            parse("\"time\": { \"command\": \"uvx\" },").unwrap(),
            json!({"time": {"command": "uvx"}})
        );
    }

    #[test]
    fn what_is_not_json_is_told_with_its_place_and_without_its_content() {
        for text in
            ["", "{", "canary", "{\"a\": canary}", "{'canary': 1}", "{} canary", "{/* canary", "{\"a\"}"]
        {
            let failure = parse(text).unwrap_err();
            assert_eq!(failure.code, ErrorCode::InvalidJson, "{text}");
            assert!(
                failure.place.as_deref().is_some_and(|place| place.starts_with("line ")),
                "{text}: {failure:?}"
            );
            assert!(!format!("{failure:?}").contains("canary"), "{text}: {failure:?}");
        }
        assert_eq!(parse("{\n // one\n \"a\": x }").unwrap_err().place.as_deref(), Some("line 3, column 7"));
        assert!(parse(&"[".repeat(100_000)).is_err(), "nested too deep");
    }

    proptest! {
        #[test]
        fn whatever_comes_is_an_answer_or_an_error(text in "[\\x00-\\x7fü/*\"\\\\,{}\\[\\]]{0,60}") {
            let _ = parse(&text);
        }

        #[test]
        fn strict_json_stays_what_it_is(words in proptest::collection::vec("[ -~]{0,12}", 0..6)) {
            let value = json!({ "words": words, "nested": { "a": [1, words] } });
            prop_assert_eq!(parse(&value.to_string()).unwrap(), value.clone());
            prop_assert_eq!(parse(&serde_json::to_string_pretty(&value).unwrap()).unwrap(), value);
        }
    }
}
