//! What `tools/call` is answered with.

use serde_json::json;

use super::lists::{nested, plain_tool};

/// Bytes of the result that is too large.
const HUGE: usize = 100 * 1000 * 1000;

/// The `result` of `tools/call` without `resultType`, as bytes.
pub(super) fn result(mode: &str) -> Vec<u8> {
    let text = json!({"type": "text", "text": "ok"});
    let result = match mode {
        "unknown-content" => json!({"content": [text, {"type": "video", "uri": "x"}]}),
        "nocontent" => json!({}),
        "bad-audio" => json!({"content": [{"type": "audio", "data": "AA=="}]}),
        "lookalike" => json!({"prompts": [], "content": [text]}),
        "lookalike2" => json!({"tools": [plain_tool()], "structuredContent": {"a": 1}, "content": []}),
        // Written out: no value of ours holds this number.
        "bignum" => {
            return br#"{"content":[{"type":"text","text":"ok"}],"structuredContent":{"n":12345678901234567890123,"f":0.1}}"#
                .to_vec();
        }
        "deep-result" => {
            let deep = nested(r#"{"a":"#, "1", "}");
            return format!(r#"{{"content":[{text}],"structuredContent":{deep}}}"#).into_bytes();
        }
        "huge-result" => {
            let mut bytes = br#"{"content":[{"type":"text","text":""#.to_vec();
            bytes.extend_from_slice("x".repeat(HUGE).as_bytes());
            bytes.extend_from_slice(br#""}]}"#);
            return bytes;
        }
        "invalid-utf8" => {
            let mut bytes = br#"{"content":[{"type":"text","text":"ok "#.to_vec();
            bytes.extend_from_slice(b"\xff\xfe\xc3\x28");
            bytes.extend_from_slice(br#""}]}"#);
            return bytes;
        }
        _ => json!({ "content": [text] }),
    };
    result.to_string().into_bytes()
}
