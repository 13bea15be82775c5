//! What a run has said so far, kept beside what is handed to the engine: the record is later compared with it.

use std::collections::BTreeMap;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Done, Draft, EventBody, Link, LinkState, Outcome, Transcript},
    ids::RunId,
    model::Verdict,
    port::{AttemptEnd, Checkpoint, Reporter, SpanRecord},
    time::now,
};
use serde_json::{Value, json};

use super::{
    answer_text,
    api::Api,
    execution::{Execution, Status},
    nodes::Nodes,
    record::{self, Record},
    redact::Redactor,
    spans::Spans,
};

/// Most executions of called workflows that are read for one run.
const MOST_CALLED: usize = 50;

pub(crate) struct Teller {
    pub(crate) reporter: Reporter,
    pub(crate) seen: Transcript,
    pub(crate) nodes: Nodes,
    pub(crate) redact: Redactor,
    /// Listens to n8n's telemetry; until the record is read, and only where nothing better is to be had.
    pub(crate) spans: Option<Spans>,
    run_id: RunId,
    attempt: u32,
}

impl Teller {
    pub(crate) fn new(
        reporter: Reporter,
        seen: Transcript,
        nodes: Nodes,
        api: &Api,
        run_id: RunId,
        attempt: u32,
    ) -> Self {
        let redact = Redactor::new(api.config.secrets.iter().map(|(_, secret)| secret.to_owned()));
        Self { reporter, seen, nodes, redact, spans: None, run_id, attempt }
    }

    pub(crate) async fn tell(&mut self, draft: Draft) {
        let event = draft.clone().stamp(self.run_id, self.seen.last_seq + 1, now(), None);
        self.seen.apply(&event);
        self.reporter.draft(draft).await;
    }

    pub(crate) async fn tell_all(&mut self, drafts: Vec<Draft>) {
        for draft in drafts {
            self.tell(draft).await;
        }
    }

    /// The execution is known: from now on the run can be found again.
    pub(crate) async fn identified(&mut self, id: &str) {
        let link = Link {
            state: LinkState::Identified,
            attempt: self.attempt,
            reason: None,
            detail: Some(id.to_owned()),
        };
        self.tell(Draft::new(EventBody::Link(link))).await;
        self.reporter.checkpoint(Checkpoint { external_id: Some(id.to_owned()), data: json!({}) }).await;
    }

    /// n8n's telemetry reported a node that has run.
    pub(crate) async fn span(&mut self, span: &SpanRecord) {
        let Some(spans) = &mut self.spans else { return };
        let drafts = spans.take(span, &self.nodes, &self.seen, &self.redact);
        self.tell_all(drafts).await;
    }

    /// The steps that the record has and the log has not.
    pub(crate) async fn steps(&mut self, api: &Api, execution: &Execution) {
        self.spans = None;
        self.nodes.learn(execution.nodes());
        self.redact.learn(execution.resume_token().map(str::to_owned));
        let called = called(api, execution).await;
        let record =
            Record { execution, nodes: &self.nodes, seen: &self.seen, redact: &self.redact, called: &called };
        let drafts = record::steps(record);
        self.tell_all(drafts).await;
    }

    /// Everything that the record of an ended execution says: steps, the rest of the text, the verdict.
    pub(crate) async fn ended(&mut self, api: &Api, execution: &Execution) -> AttemptEnd {
        self.steps(api, execution).await;
        let answer = if execution.status() == Status::Success {
            let (drafts, answer) = answer_text::missing(execution, &self.nodes, &self.seen, &self.redact);
            self.tell_all(drafts).await;
            answer
        } else {
            Vec::new()
        };
        let (outcome, failure) = verdict(execution, &self.redact);
        let reason = failure.as_ref().map(|failure| failure.message.clone());
        if let Some(failure) = failure {
            self.tell(Draft::new(failure.into_event(true, false))).await;
        }
        AttemptEnd::Done(Done {
            outcome,
            verdict: Verdict::Verified,
            reason,
            answer,
            duration_ms: execution.duration_ms(),
            usage: None,
        })
    }
}

async fn called(api: &Api, execution: &Execution) -> BTreeMap<String, Execution> {
    let mut called = BTreeMap::new();
    let mut wanted: Vec<String> = execution.runs().iter().filter_map(|run| run.sub_execution()).collect();
    while let Some(id) = wanted.pop() {
        if called.len() >= MOST_CALLED || called.contains_key(&id) {
            continue;
        }
        // What cannot be read is left out: the step itself is still there.
        let Ok(Some(value)) = api.execution(&id, true).await else { continue };
        if let Some(inner) = Execution::of(value) {
            wanted.extend(inner.runs().iter().filter_map(|run| run.sub_execution()));
            called.insert(id, inner);
        }
    }
    called
}

fn verdict(execution: &Execution, redact: &Redactor) -> (Outcome, Option<Failure>) {
    let why = execution.error().map(|text| redact.text(&text).into_owned());
    match execution.status() {
        Status::Success => (Outcome::Succeeded, None),
        Status::Canceled => {
            let failure = Failure::new(
                ErrorCode::PeerStoppedRun,
                "n8n stopped the execution: its workflow timeout, or somebody there.",
            )
            .hint("The workflow's settings have the timeout.");
            (Outcome::Failed, Some(failure))
        }
        Status::Crashed => {
            let failure = Failure::new(
                ErrorCode::PeerLostRun,
                "n8n lost the execution when it crashed or was restarted.",
            )
            .hint("What ran before the crash may have had effects; check before you run it again.");
            (Outcome::Failed, Some(failure))
        }
        Status::Error => {
            let node = execution.failed_node().map(|node| format!(" in '{node}'")).unwrap_or_default();
            let why = why.unwrap_or_else(|| "n8n gives no reason".to_owned());
            (
                Outcome::Failed,
                Some(Failure::new(ErrorCode::WorkflowFailed, format!("The workflow failed{node}: {why}"))),
            )
        }
        _ => {
            let failure = Failure::new(
                ErrorCode::RecoveryImpossible,
                "n8n's record of the execution does not say how it ended.",
            );
            (Outcome::Unknown, Some(failure))
        }
    }
}

/// JSON as an artifact named like a file.
pub(crate) fn json_artifact(name: &str, value: Value) -> Draft {
    Draft::new(EventBody::Artifact(jackfield_protocol::event::Artifact {
        name: name.to_owned(),
        media_type: "application/json".to_owned(),
        json: Some(value),
        ..Default::default()
    }))
}
