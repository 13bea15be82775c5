//! The content of a result, of every kind, as events.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jackfield_protocol::event::{Artifact, Delta, Draft, EventBody, Raw};
use serde_json::{Value, json};

/// Most blocks of one result that become events of their own; all are in the tool's result.
const BLOCKS: usize = 500;

/// What a result says.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) drafts: Vec<Draft>,
    /// All text of it, in order.
    pub(crate) text: String,
    /// The result for the end of the call: bytes are left out, they are artifacts.
    pub(crate) result: Value,
}

/// Reads a result's content.
pub(crate) fn of(result: &Value) -> Content {
    let mut content = Content { result: without_bytes(result), ..Content::default() };
    let blocks = match result.get("content") {
        Some(Value::Array(blocks)) => blocks.as_slice(),
        // One block in place of a list: seen in the field, and clear enough.
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => &[],
    };
    for (at, block) in blocks.iter().take(BLOCKS).enumerate() {
        content.block(at + 1, block);
    }
    if let Some(structured) = result.get("structuredContent").filter(|value| !value.is_null()) {
        let artifact = Artifact {
            name: "structured content".to_owned(),
            media_type: "application/json".to_owned(),
            json: Some(structured.clone()),
            ..Artifact::default()
        };
        content.drafts.push(Draft::new(EventBody::Artifact(artifact)));
    }
    content
}

impl Content {
    fn block(&mut self, number: usize, block: &Value) {
        let text = |name: &str| block[name].as_str();
        match text("type").unwrap_or_default() {
            "text" => self.say(number, text("text").unwrap_or_default()),
            kind @ ("image" | "audio") => self.media(number, kind, block),
            "resource_link" => {
                let uri = text("uri").unwrap_or_default();
                let artifact = Artifact {
                    name: text("title").or_else(|| text("name")).unwrap_or(uri).to_owned(),
                    media_type: text("mimeType").unwrap_or("application/octet-stream").to_owned(),
                    size: block["size"].as_u64(),
                    url: Some(uri.to_owned()),
                    ..Artifact::default()
                };
                self.drafts.push(Draft::new(EventBody::Artifact(artifact)));
            }
            "resource" => self.resource(number, &block["resource"], block),
            _ => self.odd("content of a kind that is not known", block),
        }
    }

    fn say(&mut self, number: usize, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
        let delta = Draft::new(EventBody::Delta(Delta::text(text)));
        self.drafts.push(delta.message(format!("content-{number}").as_str()));
    }

    fn media(&mut self, number: usize, kind: &str, block: &Value) {
        let data = block["data"].as_str().and_then(|data| STANDARD.decode(data.trim()).ok());
        let Some(bytes) = data else { return self.odd("an image or sound without readable data", block) };
        let fallback = if kind == "image" { "image/png" } else { "audio/wav" };
        let media_type = block["mimeType"].as_str().unwrap_or(fallback).to_owned();
        let name = format!("{kind}-{number}.{}", ending(&media_type));
        self.drafts.push(Draft::artifact(Artifact { name, media_type, ..Artifact::default() }, bytes.into()));
    }

    fn resource(&mut self, number: usize, resource: &Value, block: &Value) {
        let uri = resource["uri"].as_str().unwrap_or_default();
        let last = uri.rsplit(['/', ':']).next().filter(|last| !last.is_empty());
        let name = last.map_or_else(|| format!("resource-{number}"), str::to_owned);
        let media_type = resource["mimeType"].as_str();
        if let Some(text) = resource["text"].as_str() {
            let media_type = media_type.unwrap_or("text/plain").to_owned();
            let artifact = Artifact { name, media_type, ..Artifact::default() };
            self.drafts.push(Draft::artifact(artifact, text.to_owned().into()));
        } else if let Some(bytes) =
            resource["blob"].as_str().and_then(|blob| STANDARD.decode(blob.trim()).ok())
        {
            let media_type = media_type.unwrap_or("application/octet-stream").to_owned();
            let artifact = Artifact { name, media_type, ..Artifact::default() };
            self.drafts.push(Draft::artifact(artifact, bytes.into()));
        } else {
            self.odd("a resource without text or bytes", block);
        }
    }

    fn odd(&mut self, why: &str, block: &Value) {
        let frame = block.to_string();
        self.drafts.push(Draft::new(EventBody::Raw(Raw::of(why, frame.as_bytes()))));
    }
}

fn ending(media_type: &str) -> &str {
    match media_type {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/svg+xml" => "svg",
        "audio/wav" | "audio/x-wav" => "wav",
        "audio/mpeg" | "audio/mp3" => "mp3",
        "audio/ogg" => "ogg",
        _ => "bin",
    }
}

/// A result without base64: what is in an artifact need not be there twice.
fn without_bytes(result: &Value) -> Value {
    let mut result = result.clone();
    let blocks = result.get_mut("content").and_then(Value::as_array_mut);
    for block in blocks.into_iter().flatten() {
        let is_media = matches!(block["type"].as_str(), Some("image" | "audio"));
        let data = if is_media { block.get_mut("data") } else { block.pointer_mut("/resource/blob") };
        if let Some(data) = data {
            let size = data.as_str().map_or(0, |text| text.len() / 4 * 3);
            *data = json!({"$artifact": true, "size": size});
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_kept() {
        let result = json!({"content": [
            {"type": "text", "text": "one"},
            {"type": "image", "data": "aGk=", "mimeType": "image/png"},
            {"type": "audio", "data": "AA=="},
            {"type": "resource_link", "uri": "file:///a.txt", "name": "a"},
            {"type": "resource", "resource": {"uri": "file:///b.md", "mimeType": "text/markdown", "text": "# b"}},
            {"type": "video", "uri": "x"},
            {"type": "image", "data": "%"},
            {"type": "text", "text": "two"},
        ], "structuredContent": {"a": 1}});
        let content = of(&result);
        assert_eq!(content.text, "one\ntwo");
        let kinds: Vec<&str> = content.drafts.iter().map(|draft| draft.body.kind()).collect();
        assert_eq!(
            kinds,
            ["delta", "artifact", "artifact", "artifact", "artifact", "raw", "raw", "delta", "artifact"]
        );
        assert_eq!(content.drafts[1].payload.as_deref(), Some(b"hi".as_slice()));
        assert_eq!(content.result["content"][1]["data"], json!({"$artifact": true, "size": 3}));
        assert_eq!(content.result["structuredContent"], json!({"a": 1}));
    }

    #[test]
    fn nothing_is_nothing() {
        assert!(of(&json!({})).drafts.is_empty());
        assert!(of(&json!({"content": null})).drafts.is_empty());
    }
}
