//! Files and documents that a run made. Their form is read from Flowise's source (`artifacts`, `fileAnnotations`, `tts_*`); recordings have only empty lists.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jackfield_protocol::event::{Artifact, Draft};
use serde_json::Value;

use super::api::encode;

/// Most bytes of speech that are kept.
const SPEECH: usize = 16 * 1024 * 1024;
/// How Flowise names a file in its own storage.
const STORED: &str = "FILE-STORAGE::";

/// The entries of a list; lists of old agents hold `null`.
pub(crate) fn of(list: &Value, files: &str) -> Vec<Artifact> {
    let entries = list.as_array().into_iter().flatten().enumerate();
    entries.filter_map(|(number, entry)| artifact(number, entry, files)).collect()
}

fn artifact(number: usize, entry: &Value, files: &str) -> Option<Artifact> {
    let fields = entry.as_object()?;
    if let Some(path) = fields.get("filePath").and_then(Value::as_str) {
        // A file of an OpenAI assistant.
        let name = fields.get("fileName").and_then(Value::as_str).unwrap_or(path);
        return Some(stored(name, "application/octet-stream", path, files));
    }
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or("json");
    let media_type = match kind {
        "png" | "jpeg" | "gif" | "webp" => format!("image/{kind}"),
        "jpg" => "image/jpeg".to_owned(),
        "html" => "text/html".to_owned(),
        "markdown" => "text/markdown".to_owned(),
        "code" | "text" => "text/plain".to_owned(),
        _ => "application/json".to_owned(),
    };
    let data = fields.get("data").or_else(|| fields.get("value")).unwrap_or(entry);
    match data.as_str().and_then(|data| data.strip_prefix(STORED)) {
        Some(name) => Some(stored(name, &media_type, name, files)),
        None => Some(Artifact {
            name: format!("artifact-{}.{kind}", number + 1),
            media_type,
            json: Some(data.clone()),
            ..Artifact::default()
        }),
    }
}

fn stored(name: &str, media_type: &str, path: &str, files: &str) -> Artifact {
    Artifact {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        url: Some(format!("{files}{}", encode(path))),
        ..Artifact::default()
    }
}

/// Text to speech, piece by piece.
#[derive(Debug, Clone)]
pub(crate) struct Speech {
    format: String,
    bytes: Vec<u8>,
}

impl Speech {
    pub(crate) fn new(format: Option<&str>) -> Self {
        let format = format.filter(|format| format.chars().all(|char| char.is_ascii_alphanumeric()));
        Self { format: format.unwrap_or("mp3").to_owned(), bytes: Vec::new() }
    }

    /// Adds a piece in base64; what is none, or too much, is left out.
    pub(crate) fn add(&mut self, piece: &str) {
        if let Ok(bytes) = STANDARD.decode(piece)
            && self.bytes.len() + bytes.len() <= SPEECH
        {
            self.bytes.extend(bytes);
        }
    }

    pub(crate) fn into_draft(self) -> Option<Draft> {
        let artifact = Artifact {
            name: format!("speech.{}", self.format),
            media_type: format!("audio/{}", if self.format == "mp3" { "mpeg" } else { &self.format }),
            ..Artifact::default()
        };
        (!self.bytes.is_empty()).then(|| Draft::artifact(artifact, self.bytes.into()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn files_are_read_where_flowise_keeps_them_and_the_rest_is_kept_here() {
        let list = json!([null, {"type": "png", "data": "FILE-STORAGE::a b.png"}, {"type": "markdown", "data": "# x"}, {"filePath": "f-1", "fileName": "r.csv"}]);
        let found = of(&list, "http://h/get?fileName=");
        assert_eq!(found[0].url.as_deref(), Some("http://h/get?fileName=a%20b.png"));
        assert_eq!(
            (found[1].json.clone(), found[1].media_type.as_str()),
            (Some(json!("# x")), "text/markdown")
        );
        assert_eq!(
            (found[2].name.as_str(), found[2].url.as_deref()),
            ("r.csv", Some("http://h/get?fileName=f-1"))
        );
    }

    #[test]
    fn speech_is_one_file() {
        let mut speech = Speech::new(Some("wav"));
        speech.add(&STANDARD.encode("ab"));
        speech.add("not base64!");
        speech.add(&STANDARD.encode("c"));
        let draft = speech.into_draft().unwrap();
        assert_eq!(draft.payload.unwrap(), "abc");
    }
}
