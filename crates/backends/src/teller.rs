//! What a run has said so far, kept beside what is handed to the engine: what the peer stored is later compared with it.

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Done, Draft, EventBody, InputResolved, Link, LinkState, Outcome, ResolvedBy, Transcript},
    ids::{InputRequestId, MessageId, RunId},
    model::Verdict,
    port::{AttemptEnd, Checkpoint, Reporter},
    time::now,
};
use serde_json::{Value, json};

/// Tells the engine, and keeps a copy of the log.
pub(crate) struct Teller {
    reporter: Reporter,
    pub(crate) seen: Transcript,
    run_id: RunId,
    attempt: u32,
    checkpoint: Checkpoint,
}

impl Teller {
    pub(crate) fn new(
        reporter: Reporter,
        seen: Transcript,
        run_id: RunId,
        attempt: u32,
        checkpoint: Option<Checkpoint>,
    ) -> Self {
        let mut checkpoint = checkpoint.unwrap_or_default();
        if !checkpoint.data.is_object() {
            checkpoint.data = json!({});
        }
        Self { reporter, seen, run_id, attempt, checkpoint }
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

    /// The peer knows the run under this name: from now on it can be found again.
    pub(crate) async fn identified(&mut self, name: &str, is_execution: bool) {
        if self.checkpoint.external_id.as_deref() == Some(name) {
            return;
        }
        self.checkpoint.external_id = Some(name.to_owned());
        if is_execution {
            self.checkpoint.data["execution"] = json!(name);
        }
        let link = Link {
            state: LinkState::Identified,
            attempt: self.attempt,
            reason: None,
            detail: Some(name.to_owned()),
        };
        self.tell(Draft::new(EventBody::Link(link))).await;
        self.reporter.checkpoint(self.checkpoint.clone()).await;
    }

    /// Keeps something beside what finds the run again; written with the next checkpoint.
    pub(crate) fn remember(&mut self, name: &str, value: Value) {
        self.checkpoint.data[name] = value;
    }

    /// Forgets what was kept beside what finds the run again; written at once.
    pub(crate) async fn forget(&mut self, name: &str) {
        self.checkpoint.data[name] = Value::Null;
        self.reporter.checkpoint(self.checkpoint.clone()).await;
    }

    /// The execution, once it is known.
    pub(crate) fn execution(&self) -> Option<String> {
        self.checkpoint.data["execution"].as_str().map(str::to_owned)
    }

    /// Keeps what an answer will need, then asks.
    pub(crate) async fn ask(
        &mut self,
        question: jackfield_protocol::event::InputRequired,
        remembered: Value,
    ) {
        self.checkpoint.data["question"] = remembered;
        self.reporter.checkpoint(self.checkpoint.clone()).await;
        self.tell(Draft::new(EventBody::InputRequired(question))).await;
    }

    /// The engine logs an answer that it gave itself: only our own copy of the log has to learn it.
    pub(crate) fn learn_answers(&mut self) {
        let open: Vec<InputRequestId> =
            self.seen.pending.iter().map(|question| question.request_id.clone()).collect();
        for request_id in open {
            self.learn_answer(&request_id);
        }
    }

    /// The engine logged the answer to one question.
    pub(crate) fn learn_answer(&mut self, id: &InputRequestId) {
        if !self.seen.pending.iter().any(|question| question.request_id == *id) {
            return;
        }
        let resolved = InputResolved { request_id: id.clone(), by: ResolvedBy::Answer, choice: None };
        let draft = Draft::new(EventBody::InputResolved(resolved));
        self.seen.apply(&draft.stamp(self.run_id, self.seen.last_seq + 1, now(), None));
    }

    /// The peer went on without us: somebody answered there.
    pub(crate) async fn answered_there(&mut self) {
        for question in self.seen.pending.clone() {
            let resolved =
                InputResolved { request_id: question.request_id, by: ResolvedBy::Peer, choice: None };
            self.tell(Draft::new(EventBody::InputResolved(resolved))).await;
        }
    }

    /// The run did what it should.
    pub(crate) fn succeeded(&self) -> AttemptEnd {
        AttemptEnd::Done(Done {
            outcome: Outcome::Succeeded,
            verdict: Verdict::Verified,
            reason: None,
            answer: answer(&self.seen),
            duration_ms: None,
            usage: None,
        })
    }

    /// The run failed, and the peer says so; `retry_safe`: it never began.
    pub(crate) async fn failed(&mut self, failure: Failure, retry_safe: bool) -> AttemptEnd {
        let reason = Some(failure.message.clone());
        self.tell(Draft::new(failure.into_event(true, retry_safe))).await;
        AttemptEnd::Done(Done {
            outcome: Outcome::Failed,
            verdict: Verdict::Verified,
            reason,
            answer: Vec::new(),
            duration_ms: None,
            usage: None,
        })
    }

    /// Nobody can say what became of it.
    pub(crate) async fn unknown(&mut self, failure: Failure) -> AttemptEnd {
        let reason = Some(failure.message.clone());
        self.tell(Draft::new(failure.into_event(true, false))).await;
        AttemptEnd::Done(Done {
            outcome: Outcome::Unknown,
            verdict: Verdict::Unverified,
            reason,
            answer: Vec::new(),
            duration_ms: None,
            usage: None,
        })
    }
}

/// What became of a run cannot be found out.
pub(crate) fn impossible(why: impl Into<String>, hint: &str) -> Failure {
    Failure::new(ErrorCode::RecoveryImpossible, why).hint(hint)
}

/// The message that is the answer: the last one with text.
pub(crate) fn answer(seen: &Transcript) -> Vec<MessageId> {
    let last = seen.messages().iter().rev().find(|message| !message.superseded && !message.text.is_empty());
    last.map(|message| message.id.clone()).into_iter().collect()
}
