//! From frames to drafts. What decides over the run (error, end, question) is kept for `run.rs`; everything else is told as it comes.

use jackfield_protocol::{
    event::{Artifact, Delta, Draft, EventBody, Part, Raw, Source, Transcript},
    ids::MessageId,
};
use jiff::Timestamp;
use serde_json::Value;

use super::{artifacts, frame::Frame, nodes::Nodes, trace::Trace};

/// What the stream said of its own end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verdicts {
    /// `metadata`: the run was stored as succeeded, or as waiting.
    pub(crate) stored: bool,
    /// `end`.
    pub(crate) ended: bool,
    /// `error`: why.
    pub(crate) error: Option<String>,
    /// `abort`.
    pub(crate) aborted: bool,
    /// `action`: what a person is asked.
    pub(crate) action: Option<Value>,
    /// What the node that asks says.
    pub(crate) prompt: Option<String>,
    /// The text of the last node.
    pub(crate) text: Option<String>,
    /// The run says `agentFlowEvent`: it leaves an execution.
    pub(crate) has_execution: bool,
}

/// Reads the frames of one run.
#[derive(Debug, Clone)]
pub(crate) struct Parser {
    pub(crate) trace: Trace,
    pub(crate) verdicts: Verdicts,
    /// Which part of the run: 0, and one more for each question that was answered.
    segment: u64,
    /// Counts messages of one speaker: a tool call ends one.
    round: u64,
    speaker: String,
    /// Whether the current message has text.
    spoken: bool,
    /// Speech, while it comes: format and bytes.
    speech: Option<artifacts::Speech>,
    /// Where files of a run are read from.
    files: String,
}

impl Parser {
    pub(crate) fn new(nodes: Nodes, files: String) -> Self {
        Self::with(Trace::new(nodes), files, 0)
    }

    /// Goes on where a log ends.
    pub(crate) fn after(seen: &Transcript, nodes: Nodes, files: String) -> Self {
        let answered = seen.asked.len().saturating_sub(seen.pending.len());
        Self::with(Trace::after(seen, nodes), files, answered as u64)
    }

    fn with(trace: Trace, files: String, segment: u64) -> Self {
        Self {
            trace,
            verdicts: Verdicts::default(),
            segment,
            round: 0,
            speaker: String::new(),
            spoken: false,
            speech: None,
            files,
        }
    }

    /// A question was answered: what follows is a stream of its own.
    pub(crate) fn next_segment(&mut self) {
        self.segment += 1;
        self.verdicts = Verdicts::default();
        (self.round, self.spoken) = (0, false);
        self.speaker.clear();
    }

    /// Which part of the run it is.
    pub(crate) fn segment(&self) -> u64 {
        self.segment
    }

    /// What all messages of this part begin with.
    pub(crate) fn prefix(&self) -> String {
        prefix(self.segment)
    }

    /// One frame.
    pub(crate) fn frame(&mut self, bytes: &[u8], at: Timestamp) -> Vec<Draft> {
        let frame = match Frame::read(bytes) {
            Ok(frame) => frame,
            Err(why) => return vec![raw(why, bytes)],
        };
        match self.known(&frame, at) {
            Some(drafts) => drafts,
            None => vec![raw(&format!("not understood: the event '{}'", short(&frame.event)), bytes)],
        }
    }

    /// The drafts of a frame; `None` when it does not have the form that it should.
    fn known(&mut self, frame: &Frame, at: Timestamp) -> Option<Vec<Draft>> {
        let data = &frame.data;
        let scope = self.trace.speaker().cloned();
        let drafts = match frame.event.as_str() {
            // The older agents give the first of their reasoning with it, others the first token, which comes again.
            "start" if data.is_array() => self.trace.reasoning(data, at),
            "start" | "listenerReady" | "executionEnd" | "usageMetadata" => Vec::new(),
            "token" => self.say(Part::Text, data.as_str()?),
            "thinking" => self.say(Part::Reasoning, data.as_str()?),
            "agent_trace" => {
                let drafts = self.trace.calls.traced(scope.as_ref(), data)?;
                self.turn(&drafts);
                drafts
            }
            "calledTools" => {
                let drafts = self.trace.calls.called(scope.as_ref(), list(data)?);
                self.turn(&drafts);
                drafts
            }
            "tool" => self.trace.calls.named(scope.as_ref(), data.as_str()?),
            "usedTools" => self.trace.calls.used(scope.as_ref(), list(data)?),
            "sourceDocuments" => {
                let mut drafts = Vec::new();
                self.trace.sources(list(data)?, scope.as_ref(), &mut drafts);
                drafts
            }
            "artifacts" | "fileAnnotations" => self.artifacts(list(data)?),
            "agentReasoning" => self.trace.reasoning(list(data)?, at),
            "nextAgent" => self.trace.next_agent(data.as_str()?, at),
            "agentFlowEvent" => {
                self.verdicts.has_execution = true;
                data.as_str()?;
                Vec::new()
            }
            "nextAgentFlow" => self.trace.next(data, at)?,
            "agentFlowExecutedData" => self.executed(data.as_array()?, at),
            "action" => {
                data["id"].as_str()?;
                self.verdicts.action = Some(data.clone());
                Vec::new()
            }
            "metadata" => self.metadata(data.is_object().then_some(data)?),
            "error" => {
                self.verdicts.error = Some(data.as_str().map_or_else(|| data.to_string(), str::to_owned));
                Vec::new()
            }
            "abort" => {
                self.verdicts.aborted = true;
                Vec::new()
            }
            "tts_start" => {
                self.speech = Some(artifacts::Speech::new(data["format"].as_str()));
                Vec::new()
            }
            "tts_data" => {
                self.speech
                    .get_or_insert_with(|| artifacts::Speech::new(None))
                    .add(data["audioChunk"].as_str()?);
                Vec::new()
            }
            "tts_end" | "tts_abort" => {
                self.speech.take().and_then(artifacts::Speech::into_draft).into_iter().collect()
            }
            "end" => {
                self.verdicts.ended = true;
                self.trace.flush()
            }
            _ => return None,
        };
        Some(drafts)
    }

    /// Records of an agentflow's nodes, from the stream, a whole answer, or an execution.
    pub(crate) fn executed(&mut self, list: &[Value], at: Timestamp) -> Vec<Draft> {
        let mut drafts = self.trace.records(list, at);
        for record in list {
            drafts.extend(self.artifacts(&record["data"]["output"]["artifacts"]));
            drafts.extend(self.artifacts(&record["data"]["output"]["fileAnnotations"]));
        }
        if let Some(last) = list.last() {
            let text = last.pointer("/data/output/content").and_then(Value::as_str).map(str::to_owned);
            if last["status"] == "STOPPED" {
                self.verdicts.prompt = text;
            } else {
                self.verdicts.text = text;
            }
        }
        drafts
    }

    /// Everything else that a whole answer or a stored message holds.
    pub(crate) fn extras(&mut self, value: &Value, at: Timestamp) -> Vec<Draft> {
        let part = |key: &str| match &value[key] {
            // Stored messages hold lists as text.
            Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
            other => other.clone(),
        };
        let mut drafts = self.trace.reasoning(&part("agentReasoning"), at);
        drafts.extend(self.trace.calls.used(None, &part("usedTools")));
        self.trace.sources(&part("sourceDocuments"), None, &mut drafts);
        drafts.extend(self.artifacts(&part("artifacts")));
        drafts.extend(self.artifacts(&part("fileAnnotations")));
        drafts.extend(self.follow_ups(&value["followUpPrompts"]));
        drafts
    }

    fn metadata(&mut self, data: &Value) -> Vec<Draft> {
        self.verdicts.stored = true;
        if data["action"].is_object() && self.verdicts.action.is_none() {
            self.verdicts.action = Some(data["action"].clone());
        }
        self.follow_ups(&data["followUpPrompts"])
    }

    /// Suggested next questions: JSON in a string.
    fn follow_ups(&mut self, prompts: &Value) -> Vec<Draft> {
        let prompts: Value = match prompts {
            Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
            other => other.clone(),
        };
        if prompts.as_array().is_none_or(Vec::is_empty) {
            return Vec::new();
        }
        let artifact = Artifact {
            name: "follow-up-prompts.json".to_owned(),
            media_type: "application/json".to_owned(),
            json: Some(prompts),
            ..Artifact::default()
        };
        self.trace.artifact(artifact).into_iter().collect()
    }

    fn artifacts(&mut self, list: &Value) -> Vec<Draft> {
        let found: Vec<Artifact> = artifacts::of(list, &self.files);
        found.into_iter().filter_map(|artifact| self.trace.artifact(artifact)).collect()
    }

    /// A tool call ends what was being said.
    fn turn(&mut self, drafts: &[Draft]) {
        if self.spoken && drafts.iter().any(|draft| matches!(draft.body, EventBody::ToolStart(_))) {
            self.round += 1;
            self.spoken = false;
        }
    }

    fn say(&mut self, part: Part, text: &str) -> Vec<Draft> {
        if text.is_empty() {
            return Vec::new();
        }
        let step = self.trace.speaker().cloned();
        let speaker = step.as_ref().map_or("answer", |step| step.0.as_str());
        if self.speaker != speaker {
            self.speaker = speaker.to_owned();
            (self.round, self.spoken) = (0, false);
        }
        self.spoken |= part == Part::Text;
        let source = step.as_ref().map_or_else(Source::default, |step| self.trace.source(step));
        let mut draft = Draft::new(EventBody::Delta(Delta { part, text: text.to_owned(), supersedes: None }))
            .message(MessageId(format!("{}{}.{}", prefix(self.segment), self.speaker, self.round)))
            .said_by(source);
        draft.step_id = step;
        vec![draft]
    }
}

/// What all messages of one part of a run begin with.
pub(crate) fn prefix(segment: u64) -> String {
    format!("m{segment}:")
}

fn list(data: &Value) -> Option<&Value> {
    data.is_array().then_some(data)
}

fn raw(why: &str, bytes: &[u8]) -> Draft {
    Draft::new(EventBody::Raw(Raw::of(why, bytes)))
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}
