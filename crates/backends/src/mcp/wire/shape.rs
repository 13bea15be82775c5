//! What the SDK is to see of the few answers that it reads itself: always well-formed, whatever the server sent. What the
//! hub shows of them comes from the raw answer.

use serde_json::{Map, Value, json};

use super::{LEGACY, METHOD_NOT_FOUND, MODERN, RpcError};

/// Codes with which a server of the newest revision refuses (2026-07-28, "Error codes"): header mismatch, missing
/// capability, unsupported version.
const MODERN_REFUSALS: &[i64] = &[-32020, -32021];
const UNSUPPORTED_VERSION: i64 = -32022;

/// The result of `initialize`: a version with a handshake that we speak, or an error.
pub(super) fn initialize(result: &Value) -> Result<Value, RpcError> {
    let version = result["protocolVersion"].as_str().unwrap_or_default();
    if !LEGACY.contains(&version) {
        let shown: String = version.chars().take(40).collect();
        let message = format!(
            "the server answers with protocol revision '{shown}', which is not one of {}",
            LEGACY.join(", ")
        );
        return Err(RpcError::plain(UNSUPPORTED_VERSION, &message));
    }
    Ok(json!({
        "protocolVersion": version,
        "capabilities": {},
        "serverInfo": server_info(&result["serverInfo"]),
    }))
}

fn server_info(info: &Value) -> Value {
    let text = |name: &str| info[name].as_str().unwrap_or_default().chars().take(200).collect::<String>();
    json!({"name": text("name"), "version": text("version")})
}

/// The result of `server/discover`; `None` when it does not say that the server speaks the newest revision.
pub(super) fn discover(result: &Value) -> Option<Value> {
    let versions = result["supportedVersions"].as_array()?;
    if !versions.iter().any(|version| version == MODERN) || !result["capabilities"].is_object() {
        return None;
    }
    Some(json!({
        "resultType": "complete",
        "supportedVersions": [MODERN],
        "capabilities": {},
        "ttlMs": 0,
        "cacheScope": "private",
    }))
}

/// An error as answer to `server/discover`: only what a server of the newest revision says keeps its code, everything
/// else means an older one.
pub(super) fn discover_error(error: &RpcError) -> RpcError {
    let supports = |version: &str| {
        let supported = error.data.as_ref().and_then(|data| data.get("supported")).and_then(Value::as_array);
        supported.is_some_and(|all| all.iter().any(|known| known == version))
    };
    if MODERN_REFUSALS.contains(&error.code) || (error.code == UNSUPPORTED_VERSION && supports(MODERN)) {
        return error.clone();
    }
    RpcError::plain(METHOD_NOT_FOUND, "the server does not speak the newest revision")
}

/// The result of `tools/list`: what the SDK needs to mirror arguments into headers.
pub(super) fn tools(result: &Value) -> Value {
    let tools = result["tools"].as_array().map(Vec::as_slice).unwrap_or_default();
    let kept: Vec<Value> = tools.iter().filter_map(tool).collect();
    json!({"resultType": "complete", "tools": kept, "ttlMs": 0, "cacheScope": "private"})
}

fn tool(tool: &Value) -> Option<Value> {
    let name = tool["name"].as_str()?;
    let schema = tool["inputSchema"].as_object()?;
    if !mentions_headers(schema) {
        return None;
    }
    Some(json!({"name": name, "inputSchema": schema}))
}

/// Whether a schema marks a property for a header: only then the SDK needs it.
fn mentions_headers(schema: &Map<String, Value>) -> bool {
    fn search(value: &Value, depth: usize) -> bool {
        depth < 64
            && match value {
                Value::Object(fields) => {
                    fields.contains_key("x-mcp-header")
                        || fields.values().any(|field| search(field, depth + 1))
                }
                Value::Array(items) => items.iter().any(|item| search(item, depth + 1)),
                _ => false,
            }
    }
    schema.values().any(|value| search(value, 0))
}
