//! From the frames of a stream to drafts. A frame is one JSON document in a `data:` line; there are no event names, and the end is a
//! JSON text, `"[DONE]"`, from a key's stream and the bare word from others (recordings `exec-stream-*`, `session-draft-stream`).

use std::collections::HashMap;

use jackfield_protocol::{
    event::{Delta, Draft, EventBody, Part, Raw, Source, StepStatus, ToolEnd, ToolStart, Transcript},
    ids::MessageId,
};
use serde_json::Value;

use super::blocks;

/// Most thinking that is kept of one block, in bytes: as much as Sim itself sends.
const THINKING: usize = 512 * 1024;

/// How the stream said that the run ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    /// `final`: its data.
    Final(Value),
    /// `error`: its words.
    Error(String),
}

/// Frames in, drafts out.
pub(crate) struct Parser {
    /// Names of blocks.
    private: Value,
    /// Number of the part of the run: each answer to a question begins a new one.
    segment: u64,
    /// How often a block has begun anew, after words before a tool call.
    turns: HashMap<String, u64>,
    /// Blocks that have said something: the separator before the first words of a later block is not theirs.
    spoken: HashMap<String, usize>,
    thought: HashMap<String, usize>,
    open_tools: Vec<String>,
    /// How it ended, if it said so.
    pub(crate) said: Option<Said>,
    /// The end marker came.
    pub(crate) is_closed: bool,
    /// What `stream_error` frames told.
    pub(crate) noted: Option<String>,
}

impl Parser {
    pub(crate) fn new(private: Value) -> Self {
        Self {
            private,
            segment: 0,
            turns: HashMap::new(),
            spoken: HashMap::new(),
            thought: HashMap::new(),
            open_tools: Vec::new(),
            said: None,
            is_closed: false,
            noted: None,
        }
    }

    /// Goes on after what a log holds already.
    pub(crate) fn after(private: Value, seen: &Transcript) -> Self {
        let mut parser = Self::new(private);
        parser.segment = seen.asked.len().saturating_sub(seen.pending.len()) as u64;
        parser
    }

    /// An answer was given: what follows is the next part.
    pub(crate) fn next_part(&mut self) {
        self.segment += 1;
        self.turns.clear();
        self.spoken.clear();
        self.said = None;
        self.is_closed = false;
    }

    /// Takes one frame.
    pub(crate) fn frame(&mut self, bytes: &[u8]) -> Vec<Draft> {
        if bytes.trim_ascii() == b"[DONE]" {
            self.is_closed = true;
            return Vec::new();
        }
        let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
            return vec![raw("not JSON", bytes)];
        };
        if value == "[DONE]" {
            self.is_closed = true;
            return Vec::new();
        }
        let block = value["blockId"].as_str().unwrap_or_default().to_owned();
        match value["event"].as_str() {
            None => match value["chunk"].as_str() {
                Some(chunk) if !block.is_empty() => self.chunk(&block, chunk),
                _ => vec![raw("unknown frame", bytes)],
            },
            Some("chunk_reset") => {
                *self.turns.entry(block).or_default() += 1;
                Vec::new()
            }
            Some("thinking") => self.thinking(&block, value["data"].as_str().unwrap_or_default()),
            Some("tool") => {
                self.tool(&block, &value).unwrap_or_else(|| vec![raw("unknown tool frame", bytes)])
            }
            Some("stream_error") => {
                self.noted = value["error"].as_str().map(str::to_owned);
                Vec::new()
            }
            Some("final") => {
                self.said = Some(Said::Final(value["data"].clone()));
                Vec::new()
            }
            Some("error") => {
                let error = &value["error"];
                let words = error.as_str().or_else(|| error["message"].as_str()).unwrap_or_default();
                self.said = Some(Said::Error(words.to_owned()));
                Vec::new()
            }
            Some(_) => vec![raw("unknown event", bytes)],
        }
    }

    fn chunk(&mut self, block: &str, chunk: &str) -> Vec<Draft> {
        let others = self.spoken.keys().any(|known| known != block);
        let said = self.spoken.entry(block.to_owned()).or_default();
        // From the second block on the first words carry a separator (recording `two-agents-stream`).
        let words = if *said == 0 && others { chunk.strip_prefix("\n\n").unwrap_or(chunk) } else { chunk };
        *said += 1;
        if words.is_empty() {
            return Vec::new();
        }
        vec![self.draft(block, EventBody::Delta(Delta::text(words)))]
    }

    fn thinking(&mut self, block: &str, words: &str) -> Vec<Draft> {
        let thought = self.thought.entry(block.to_owned()).or_default();
        *thought += words.len();
        if words.is_empty() || *thought > THINKING {
            return Vec::new();
        }
        let delta = Delta { part: Part::Reasoning, text: words.to_owned(), supersedes: None };
        vec![self.draft(block, EventBody::Delta(delta))]
    }

    /// A tool frame has a name and a status, never arguments or results: those follow from the log.
    fn tool(&mut self, block: &str, value: &Value) -> Option<Vec<Draft>> {
        let id = value["id"].as_str().filter(|id| !id.is_empty())?;
        let name = tool_name(value["name"].as_str().unwrap_or("tool"));
        let source = Source { tool: Some(name.clone()), ..self.source(block) };
        match value["phase"].as_str()? {
            "start" if !self.open_tools.iter().any(|open| open == id) => {
                self.open_tools.push(id.to_owned());
                let start = ToolStart { name, ..ToolStart::default() };
                Some(vec![Draft::new(EventBody::ToolStart(start)).tool(id).said_by(source)])
            }
            "end" if self.open_tools.iter().any(|open| open == id) => {
                self.open_tools.retain(|open| open != id);
                let status = match value["status"].as_str() {
                    Some("success") => StepStatus::Succeeded,
                    Some("error") => StepStatus::Failed,
                    Some("cancelled") => StepStatus::Cancelled,
                    _ => StepStatus::Unknown,
                };
                let end = ToolEnd { provisional: true, ..ToolEnd::of(status) };
                Some(vec![Draft::new(EventBody::ToolEnd(end)).tool(id).said_by(source)])
            }
            "start" | "end" => Some(Vec::new()),
            _ => None,
        }
    }

    fn draft(&self, block: &str, body: EventBody) -> Draft {
        Draft::new(body).message(self.message(block)).said_by(self.source(block))
    }

    /// The message that a block is saying.
    fn message(&self, block: &str) -> MessageId {
        let turn = self.turns.get(block).copied().unwrap_or_default();
        MessageId(format!("{}{block}/{turn}", self.prefix()))
    }

    /// What the ids of this part's messages begin with.
    pub(crate) fn prefix(&self) -> String {
        format!("p{}/", self.segment)
    }

    fn source(&self, block: &str) -> Source {
        blocks::name(&self.private, block).map(Source::node).unwrap_or_default()
    }
}

/// Custom tools carry a prefix in frames that spans do not have.
pub(crate) fn tool_name(name: &str) -> String {
    name.strip_prefix("custom_").unwrap_or(name).to_owned()
}

fn raw(reason: &str, bytes: &[u8]) -> Draft {
    Draft::new(EventBody::Raw(Raw::of(reason, bytes)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fed(frames: &[Value]) -> (Parser, Vec<Draft>) {
        let mut parser = Parser::new(json!({"blocks": {"a": {"name": "Agent 1"}}}));
        let drafts = frames.iter().flat_map(|frame| parser.frame(frame.to_string().as_bytes())).collect();
        (parser, drafts)
    }

    #[test]
    fn words_before_a_tool_call_are_a_message_of_their_own() {
        let (_, drafts) = fed(&[
            json!({"blockId": "a", "chunk": "Let me look."}),
            json!({"blockId": "a", "event": "tool", "phase": "start", "id": "c1", "name": "custom_get_weather"}),
            json!({"blockId": "a", "event": "chunk_reset"}),
            json!({"blockId": "a", "event": "tool", "phase": "end", "id": "c1", "name": "custom_get_weather", "status": "error"}),
            json!({"blockId": "a", "chunk": "It rains."}),
        ]);
        assert_ne!(drafts[0].message_id, drafts[3].message_id);
        let EventBody::ToolStart(start) = &drafts[1].body else { panic!("{:?}", drafts[1]) };
        assert_eq!(start.name, "get_weather");
        let EventBody::ToolEnd(end) = &drafts[2].body else { panic!("{:?}", drafts[2]) };
        assert!(end.status == StepStatus::Failed && end.provisional);
    }

    #[test]
    fn the_separator_of_later_blocks_is_taken_away_once() {
        let (_, drafts) = fed(&[
            json!({"blockId": "a", "chunk": "\n\nx"}),
            json!({"blockId": "b", "chunk": "\n\ny"}),
            json!({"blockId": "b", "chunk": "\n\nz"}),
        ]);
        let texts: Vec<String> = drafts
            .iter()
            .map(|draft| match &draft.body {
                EventBody::Delta(delta) => delta.text.clone(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(texts, ["\n\nx", "y", "\n\nz"]);
    }

    #[test]
    fn both_end_markers_and_unknown_frames_are_taken() {
        for marker in ["\"[DONE]\"", "[DONE]"] {
            let mut parser = Parser::new(Value::Null);
            assert!(parser.frame(marker.as_bytes()).is_empty() && parser.is_closed);
        }
        let (parser, drafts) = fed(&[
            json!({"event": "new"}),
            json!({"chunk": 1}),
            json!({"event": "error", "error": "Agent 1: no"}),
        ]);
        assert_eq!(drafts.len(), 2, "kept as they came");
        assert_eq!(parser.said, Some(Said::Error("Agent 1: no".to_owned())));
    }
}
