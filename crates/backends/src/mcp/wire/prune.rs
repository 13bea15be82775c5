//! Reading a message whatever it holds: nesting that no reader takes is cut out of it, so that one bad tool does not hide the others.

use serde_json::Value;

/// Deepest nesting that is kept. serde_json itself reads 127 levels.
const DEEPEST: usize = 100;
/// Stands in place of what was cut out.
const CUT: &[u8] = b"\"[nested too deep]\"";

/// Reads one message. Invalid UTF-8 is replaced, nesting beyond 100 levels is cut out.
///
/// # Errors
/// When it is not JSON.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(value),
        Err(first) => {
            let repaired = prune(String::from_utf8_lossy(bytes).as_bytes());
            serde_json::from_slice(&repaired).map_err(|_| first)
        }
    }
}

/// The text with every value below [`DEEPEST`] levels replaced.
fn prune(text: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len().min(1 << 20));
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for &byte in text {
        let inside = depth > DEEPEST;
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
        } else {
            match byte {
                b'"' => in_string = true,
                b'{' | b'[' => {
                    depth += 1;
                    if depth == DEEPEST + 1 {
                        kept.extend_from_slice(CUT);
                        continue;
                    }
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    if depth == DEEPEST {
                        continue;
                    }
                }
                _ => {}
            }
        }
        if !inside && depth <= DEEPEST {
            kept.push(byte);
        }
    }
    kept
}

/// Whether there are more values in one than this.
pub(super) fn has_more_values(value: &Value, most: usize) -> bool {
    fn left(value: &Value, most: usize) -> Option<usize> {
        let most = most.checked_sub(1)?;
        match value {
            Value::Array(list) => list.iter().try_fold(most, |most, part| left(part, most)),
            Value::Object(fields) => fields.values().try_fold(most, |most, part| left(part, most)),
            _ => Some(most),
        }
    }
    left(value, most).is_none()
}

/// The id in the beginning of a message that cannot be read whole.
pub(crate) fn id_of_beginning(beginning: &[u8]) -> Option<i64> {
    let text = String::from_utf8_lossy(beginning.get(..512).unwrap_or(beginning)).into_owned();
    let (_, rest) = text.split_once("\"id\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start().trim_start_matches('"');
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_deep_value_does_not_hide_the_others() {
        let deep = format!("{}1{}", "{\"a\":[".repeat(5000), "]}".repeat(5000));
        let text = format!(r#"{{"id": 7, "good": "]}}\"[", "bad": {deep}, "after": [1, 2]}}"#);
        let value = parse(text.as_bytes()).unwrap();
        assert_eq!(value["good"], json!("]}\"["));
        assert_eq!(value["after"], json!([1, 2]));
        let mut bad = &value["bad"];
        let mut levels = 0;
        while let Some(next) = bad.get("a").and_then(|list| list.get(0)) {
            bad = next;
            levels += 1;
        }
        assert!(levels > 40, "{levels}");
        assert!(value.to_string().contains("nested too deep"));
    }

    #[test]
    fn values_are_counted_up_to_a_bound() {
        let value = json!({"a": [1, 2, {"b": null}]});
        assert!(!has_more_values(&value, 6));
        assert!(has_more_values(&value, 5));
    }

    #[test]
    fn invalid_utf8_is_replaced_and_garbage_is_an_error() {
        assert_eq!(parse(b"\"a\xffb\"").unwrap(), json!("a\u{fffd}b"));
        assert_eq!(parse(b"\xef\xbb\xbf[1]").unwrap(), json!([1]));
        assert!(parse(b"npm notice").is_err());
        assert!(parse(b"{\"a\": ").is_err());
    }

    #[test]
    fn the_id_of_a_message_that_was_cut_is_found() {
        assert_eq!(id_of_beginning(br#"{"jsonrpc":"2.0","id":12,"result":{"a"#), Some(12));
        assert_eq!(id_of_beginning(br#"{"id": "9", "#), Some(9));
        assert_eq!(id_of_beginning(br#"{"result": "#), None);
    }
}
