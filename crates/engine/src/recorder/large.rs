//! What is too large for an event: values and payloads become blobs, long deltas are divided.
//!
//! In place of a value the event carries `{"$blob": "<id>", "size": <bytes>, "preview": "<beginning>"}`.

use std::io;

use bytes::Bytes;
use jackfield_protocol::{
    event::{Draft, EventBody},
    ids::BlobId,
    port::Blob,
};
use serde::Serialize;
use serde_json::{Value, json};

/// How much of a value's JSON is kept as its preview, in bytes.
const PREVIEW: usize = 500;

/// What an event weighs beside its text, about.
const ENVELOPE: usize = 256;

/// A value or payload that was taken out of an event.
pub(super) struct Large {
    place: Place,
    pub(super) blob: Blob,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    /// The input of a step, the arguments of a tool call.
    Input,
    /// The output of a step, the result of a tool call.
    Output,
    /// The bytes or the JSON of an artifact.
    Artifact,
}

impl Large {
    pub(super) fn size(&self) -> usize {
        self.blob.bytes.len()
    }

    /// Puts the reference where the value was.
    pub(super) fn refer(&self, body: &mut EventBody, id: BlobId) {
        if let (Place::Artifact, EventBody::Artifact(artifact)) = (self.place, &mut *body) {
            artifact.blob_id = Some(id);
            artifact.size = Some(self.size() as u64);
        } else if let Some(value) = slot(body, self.place) {
            let beginning = self.blob.bytes.get(..PREVIEW).unwrap_or(&self.blob.bytes);
            let preview = String::from_utf8_lossy(beginning);
            let preview = preview.trim_end_matches(char::REPLACEMENT_CHARACTER);
            *value = Some(json!({"$blob": id, "size": self.size(), "preview": preview}));
        }
    }
}

/// Takes out whatever is larger than `bound` bytes of JSON, and every payload.
pub(super) fn take(draft: &mut Draft, bound: usize) -> Vec<Large> {
    let mut taken = Vec::new();
    if let (Some(bytes), EventBody::Artifact(artifact)) = (draft.payload.take(), &draft.body) {
        taken.push(Large {
            place: Place::Artifact,
            blob: Blob { media_type: artifact.media_type.clone(), bytes },
        });
    }
    for place in [Place::Input, Place::Output, Place::Artifact] {
        let Some(value) = slot(&mut draft.body, place) else { continue };
        if value.as_ref().is_none_or(|value| json_size(value, bound).is_some()) {
            continue;
        }
        // A value that is JSON already can be written as JSON.
        let bytes = serde_json::to_vec(&value.take()).map(Bytes::from).unwrap_or_default();
        taken.push(Large { place, blob: Blob { media_type: "application/json".to_owned(), bytes } });
    }
    taken
}

fn slot(body: &mut EventBody, place: Place) -> Option<&mut Option<Value>> {
    match (body, place) {
        (EventBody::StepStart(start), Place::Input) => Some(&mut start.input),
        (EventBody::StepEnd(end), Place::Input) => Some(&mut end.input),
        (EventBody::StepEnd(end), Place::Output) => Some(&mut end.output),
        (EventBody::ToolStart(start), Place::Input) => Some(&mut start.arguments),
        (EventBody::ToolEnd(end), Place::Input) => Some(&mut end.arguments),
        (EventBody::ToolEnd(end), Place::Output) => Some(&mut end.result),
        (EventBody::Artifact(artifact), Place::Artifact) => Some(&mut artifact.json),
        _ => None,
    }
}

/// About how many bytes an event has, or `None` when it has more than `bound`.
pub(super) fn event_size(body: &EventBody, bound: usize) -> Option<usize> {
    match body {
        EventBody::Delta(delta) => Some(delta.text.len() + ENVELOPE).filter(|size| *size <= bound),
        _ => json_size(body, bound).map(|size| size + ENVELOPE),
    }
}

/// The length of the JSON of something, or `None` when it is longer than `bound`: then most of it is not even made.
fn json_size(value: &impl Serialize, bound: usize) -> Option<usize> {
    let mut counter = Counter { left: bound };
    serde_json::to_writer(&mut counter, value).ok()?;
    Some(bound - counter.left)
}

struct Counter {
    left: usize,
}

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self.left.checked_sub(bytes.len()).ok_or_else(|| io::Error::other("too long"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Divides a text at character borders into pieces of at most `bound` bytes (one character, where that is longer).
pub(super) fn pieces(text: &str, bound: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let border = rest.floor_char_boundary(bound);
        let first = rest.chars().next().map_or(rest.len(), char::len_utf8);
        let (piece, after) = rest.split_at(border.max(first));
        pieces.push(piece.to_owned());
        rest = after;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use jackfield_protocol::event::{Artifact, StepEnd, StepStatus};

    use super::*;

    #[test]
    fn pieces_are_whole_characters_and_make_the_text_again() {
        let text = "aäöü🎛b".repeat(50);
        for bound in 1..20 {
            let pieces = pieces(&text, bound);
            assert_eq!(pieces.concat(), text);
            assert!(pieces.iter().all(|piece| !piece.is_empty() && piece.len() <= bound.max(4)));
        }
    }

    #[test]
    fn only_what_is_larger_than_the_bound_is_taken_out_and_a_reference_takes_its_place() {
        let small = json!({"a": 1});
        let large = json!("ä".repeat(1000));
        let end = StepEnd {
            input: Some(small.clone()),
            output: Some(large.clone()),
            ..StepEnd::of(StepStatus::Succeeded)
        };
        let mut draft = Draft::new(EventBody::StepEnd(end)).step("s");
        let taken = take(&mut draft, 100);
        assert_eq!(taken.len(), 1);
        assert_eq!(serde_json::from_slice::<Value>(&taken[0].blob.bytes).unwrap(), large);
        let id = BlobId::new();
        taken[0].refer(&mut draft.body, id);
        let EventBody::StepEnd(end) = &draft.body else { panic!("still a step_end") };
        assert_eq!(end.input, Some(small));
        let output = end.output.as_ref().unwrap();
        assert_eq!(output["$blob"], id.to_string());
        assert_eq!(output["size"], 2002);
        assert!(output["preview"].as_str().unwrap().ends_with('ä'));
        assert!(event_size(&draft.body, 2000).is_some());
    }

    #[test]
    fn the_bytes_of_an_artifact_are_always_taken_out() {
        let artifact = Artifact { name: "a".into(), media_type: "text/plain".into(), ..Artifact::default() };
        let mut draft = Draft::artifact(artifact, Bytes::from_static(b"x"));
        let taken = take(&mut draft, 100);
        assert_eq!((taken.len(), draft.payload), (1, None));
        taken[0].refer(&mut draft.body, BlobId::new());
        let EventBody::Artifact(artifact) = draft.body else { panic!("still an artifact") };
        assert!(artifact.blob_id.is_some());
        assert_eq!(artifact.size, Some(1));
    }

    #[test]
    fn a_size_beyond_the_bound_is_no_size() {
        assert_eq!(json_size(&json!("abc"), 5), Some(5));
        assert_eq!(json_size(&json!("abcd"), 5), None);
    }
}
