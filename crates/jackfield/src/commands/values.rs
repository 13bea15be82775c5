//! Values on the command line: `key=value`, `@file`, `-`.

use std::{fs, io::Read as _, path::Path};

use jackfield_protocol::error::{ErrorCode, Failure};
use serde_json::Value;

/// Most bytes that are read from stdin or a file as JSON or text.
const MOST: u64 = 64 * 1024 * 1024;

/// Splits `key=value`.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected key=value".to_owned()),
    }
}

/// JSON where it parses, else text: `count=3` is a number, `name=Ada` a text, `zip="01067"` a text of digits.
pub(crate) fn typed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// The text itself, the content of `@file`, or stdin for `-`.
pub(crate) fn text_or_file(flag: &str, given: &str) -> Result<String, Failure> {
    if given == "-" {
        let mut text = String::new();
        std::io::stdin()
            .lock()
            .take(MOST)
            .read_to_string(&mut text)
            .map_err(|error| unreadable(flag, "stdin", &error))?;
        return Ok(text);
    }
    match given.strip_prefix('@') {
        Some(path) => read(flag, Path::new(path)),
        None => Ok(given.to_owned()),
    }
}

/// JSON given as text, `@file` or `-`.
pub(crate) fn json(flag: &str, given: &str) -> Result<Value, Failure> {
    let text = text_or_file(flag, given)?;
    serde_json::from_str(&text).map_err(|error| {
        let from = if given == "-" || given.starts_with('@') { given.trim_start_matches('@') } else { "the text" };
        Failure::new(ErrorCode::InvalidJson, format!("{flag}: {from} is not JSON: {error}."))
            .hint(format!("Quote it for your shell, for example {flag} '{{\"city\": \"Berlin\"}}', or give each value by its name."))
            .at(flag)
    })
}

/// A file as text.
pub(crate) fn read(flag: &str, path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| unreadable(flag, &path.display().to_string(), &error))
}

/// A file as bytes.
pub(crate) fn read_bytes(flag: &str, path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| unreadable(flag, &path.display().to_string(), &error))
}

fn unreadable(flag: &str, what: &str, error: &std::io::Error) -> Failure {
    Failure::new(ErrorCode::InvalidRequest, format!("{flag}: {what} cannot be read: {error}."))
        .hint("Check the name and its permissions.")
        .at(flag)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_typed_where_they_parse() {
        assert_eq!(typed("3"), json!(3));
        assert_eq!(typed("true"), json!(true));
        assert_eq!(typed("Ada"), json!("Ada"));
        assert_eq!(typed("\"01067\""), json!("01067"));
        assert_eq!(typed("{\"a\":[]}"), json!({"a": []}));
        assert_eq!(typed("{broken"), json!("{broken"));
    }

    #[test]
    fn pairs_keep_later_equals_signs() {
        assert_eq!(pair("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert_eq!(pair("a="), Ok(("a".into(), String::new())));
        assert!(pair("a").is_err());
        assert!(pair("=b").is_err());
    }

    #[test]
    fn what_cannot_be_read_names_the_flag() {
        let failure = text_or_file("--data", "@/no/such/file").unwrap_err();
        assert_eq!(failure.place.as_deref(), Some("--data"));
        assert_eq!(json("--data", "{").unwrap_err().code, ErrorCode::InvalidJson);
    }
}
