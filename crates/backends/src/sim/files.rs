//! Files that a run gives out: objects of a known form somewhere in its output (recording `files-input` has them going through).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jackfield_protocol::event::{Artifact, Draft};
use serde_json::Value;

use super::config::Config;

/// Most files of one run.
const MOST: usize = 50;
/// Deepest place in an output where a file is looked for.
const DEEPEST: usize = 16;

/// The files of an output, each once: with their bytes where Sim sent them, else as a link.
pub(crate) fn artifacts(config: &Config, output: &Value) -> Vec<Draft> {
    let mut found = Vec::new();
    collect(output, 0, &mut found);
    let mut seen = Vec::new();
    found.retain(|file| {
        let key = file["key"].as_str().unwrap_or_default().to_owned();
        let is_new = !seen.contains(&key);
        seen.push(key);
        is_new
    });
    found.into_iter().take(MOST).map(|file| artifact(config, file)).collect()
}

fn artifact(config: &Config, file: &Value) -> Draft {
    let text = |name: &str| file[name].as_str().map(str::to_owned);
    let mut artifact = Artifact {
        name: text("name").unwrap_or_default(),
        media_type: text("type").unwrap_or_else(|| "application/octet-stream".to_owned()),
        size: file["size"].as_u64(),
        ..Artifact::default()
    };
    if let Some(bytes) = text("base64").and_then(|text| STANDARD.decode(text).ok()) {
        artifact.size = Some(bytes.len() as u64);
        return Draft::artifact(artifact, bytes.into());
    }
    artifact.url = text("url").map(|url| match url.strip_prefix('/') {
        Some(path) => config.url(path).to_string(),
        None => url,
    });
    Draft::new(jackfield_protocol::event::EventBody::Artifact(artifact))
}

fn collect<'a>(value: &'a Value, depth: usize, found: &mut Vec<&'a Value>) {
    if depth > DEEPEST || found.len() >= MOST {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, depth + 1, found)),
        Value::Object(fields) => {
            let is_text = |name: &str| fields.get(name).is_some_and(Value::is_string);
            if ["name", "type", "url", "key"].into_iter().all(is_text) {
                found.push(value);
            } else {
                fields.values().for_each(|field| collect(field, depth + 1, found));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use jackfield_protocol::{event::EventBody, port::Secrets};
    use serde_json::json;

    use super::*;

    #[test]
    fn files_are_found_once_with_their_bytes_or_as_a_link() {
        let config = Config::new("http://h/sim", &Value::Null, Secrets::new()).unwrap();
        let one = json!({"id": "1", "name": "a.txt", "size": 2, "type": "text/plain", "url": "/api/files/serve/k1", "key": "k1", "base64": "aGk="});
        let two = json!({"id": "2", "name": "b.png", "size": 9, "type": "image/png", "url": "/api/files/serve/k2", "key": "k2"});
        let drafts = artifacts(&config, &json!({"result": {"doc": [one, two]}, "again": one}));
        assert_eq!(drafts.len(), 2);
        assert_eq!(drafts[0].payload.as_deref(), Some(b"hi".as_slice()));
        let EventBody::Artifact(link) = &drafts[1].body else { panic!("{:?}", drafts[1]) };
        assert_eq!(link.url.as_deref(), Some("http://h/sim/api/files/serve/k2"));
    }
}
