//! What the headers of a request have to say.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{Revision, envelope::Fault, session::Session, world::World};
use crate::http::Request;

/// The header of the older revisions; absent it stands for 2025-03-26.
pub(super) fn version(session: &Session, said: Option<&str>) -> Option<Fault> {
    let said = said?;
    if Revision::parse(said).is_some_and(|revision| !revision.is_modern()) {
        let agreed = session.known().revision?;
        return (agreed.as_str() != said).then(|| {
            Fault::new(
                -32000,
                format!("Bad Request: MCP-Protocol-Version is {said}, agreed was {}", agreed.as_str()),
            )
        });
    }
    Some(Fault::new(-32000, format!("Bad Request: Unsupported protocol version: {said}")))
}

/// The headers of 2026-07-28: they have to repeat what the body says.
pub(super) fn modern(world: &World, request: &Request, message: &Value) -> Result<(), Fault> {
    let params = &message["params"];
    let meta = &params["_meta"];
    world.check_meta(meta)?;
    let mismatch = |words: String| Err(Fault::new(-32020, words));
    if request.header("mcp-protocol-version") != meta["io.modelcontextprotocol/protocolVersion"].as_str() {
        return mismatch(
            "mcp-protocol-version header does not match the request envelope's protocol version".to_owned(),
        );
    }
    let method = message["method"].as_str();
    if request.header("mcp-method") != method {
        return mismatch("mcp-method header does not match the request body's method".to_owned());
    }
    let named = match method {
        Some("tools/call" | "prompts/get") => params["name"].as_str(),
        Some("resources/read") => params["uri"].as_str(),
        _ => return Ok(()),
    };
    if request.header("mcp-name").map(decode).as_deref() != named {
        return mismatch("mcp-name header does not match the request body's name".to_owned());
    }
    let tool = named.filter(|_| method == Some("tools/call")).and_then(|name| world.catalogue().tool(name));
    let Some(tool) = tool else { return Ok(()) };
    for (name, schema) in tool.definition["inputSchema"]["properties"].as_object().into_iter().flatten() {
        let Some(mark) = schema["x-mcp-header"].as_str() else { continue };
        let expected = match &params["arguments"][name] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        let said = request.header(&format!("mcp-param-{mark}")).map(decode);
        if said != expected {
            return mismatch(format!("mcp-param-{mark} header does not match the argument"));
        }
    }
    Ok(())
}

/// Undoes the encoding of values that are no plain text: `=?base64?…?=`.
fn decode(value: &str) -> String {
    value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="))
        .and_then(|encoded| STANDARD.decode(encoded).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| value.to_owned())
}
