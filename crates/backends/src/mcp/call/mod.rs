//! A tool call as a run: what the server says becomes events, a question becomes a pause, and a lost connection is repeated only where the tool
//! says that it can be.

mod ask;
mod live;
mod round;
mod task;

use std::sync::Arc;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Delta, Done, Draft, EventBody, Outcome, Part, StepStatus, ToolEnd, ToolStart, Transcript},
    ids::ToolCallId,
    model::{ToolInfo, Verdict},
    port::{AttemptEnd, Checkpoint, ProgressStream, ResumeRequest, RunRequest, Signals, progress_stream},
};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use self::{live::Listed, round::Round};
use super::{Shared, content, wire::RpcError};
use crate::teller::{Teller, impossible};
pub(crate) use live::Calls;

/// Most rounds of one call: a server that keeps asking is stopped.
const ROUNDS: u32 = 50;
/// The message that progress and log lines go to.
const LOG: &str = "log";

/// Sends a call, once.
pub(crate) fn stream(shared: Arc<Shared>, request: RunRequest, signals: Signals) -> ProgressStream {
    progress_stream(move |reporter| async move {
        let teller = Teller::new(reporter, Transcript::new(), request.run_id, request.attempt, None);
        match Call::new(shared, request, teller, signals, None) {
            Ok(call) => Box::pin(call.begin()).await,
            Err(failure) => AttemptEnd::NotSent(failure),
        }
    })
}

/// Finds a call again. It is sent again only where the tool says that this does nothing twice.
pub(crate) fn resume(shared: Arc<Shared>, request: ResumeRequest, signals: Signals) -> ProgressStream {
    progress_stream(move |reporter| async move {
        let ResumeRequest { run, checkpoint, seen } = request;
        let teller = Teller::new(reporter, seen, run.run_id, run.attempt, checkpoint.clone());
        match Call::new(shared, run, teller, signals, checkpoint) {
            Ok(call) => Box::pin(call.again()).await,
            Err(failure) => AttemptEnd::Lost(failure),
        }
    })
}

/// One call.
struct Call {
    shared: Arc<Shared>,
    run: RunRequest,
    tool: ToolInfo,
    arguments: Value,
    teller: Teller,
    signals: Signals,
    /// The call in this run's trace.
    id: ToolCallId,
    /// Somebody wants it stopped.
    stop: CancellationToken,
    listed: Listed,
    /// What the next round carries: answers and the server's own state.
    carried: Map<String, Value>,
    rounds: u32,
    /// The list of tools was read anew because of this call.
    relisted: bool,
    /// What an earlier attempt left to find the call again.
    left: Value,
}

/// The end of an attempt, in the making.
type Ended = AttemptEnd;

impl Call {
    fn new(
        shared: Arc<Shared>,
        run: RunRequest,
        teller: Teller,
        signals: Signals,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Self, Failure> {
        let tool = run.tool.clone().ok_or_else(|| {
            Failure::new(ErrorCode::NotRunnable, "The tool is not known any more.")
                .hint("Discover the backend again.")
        })?;
        let arguments = run.input.data.clone().unwrap_or_else(|| json!({}));
        let stop = CancellationToken::new();
        let listed = shared.calls.list(run.run_id, stop.clone());
        let open = teller.seen.steps().iter().rev().find(|step| step.is_tool_call && step.status.is_none());
        let id = open.map_or_else(
            || ToolCallId(format!("call-{}", run.attempt)),
            |step| ToolCallId(step.id.0.clone()),
        );
        let left = checkpoint.map(|checkpoint| checkpoint.data).unwrap_or_default();
        Ok(Self {
            shared,
            run,
            tool,
            arguments,
            teller,
            signals,
            id,
            stop,
            listed,
            carried: Map::new(),
            rounds: 0,
            relisted: false,
            left,
        })
    }

    /// The first attempt.
    async fn begin(mut self) -> Ended {
        if let Err(failure) = self.shared.link.session(self.shared.patience()).await {
            return AttemptEnd::NotSent(failure);
        }
        self.start().await;
        self.go_on().await
    }

    async fn start(&mut self) {
        let start = ToolStart {
            name: self.tool.name.clone(),
            arguments: Some(self.arguments.clone()),
            ..ToolStart::default()
        };
        self.tell(EventBody::ToolStart(start)).await;
    }

    /// A later attempt.
    async fn again(mut self) -> Ended {
        if self.shared.calls.was_stopped(self.run.run_id) {
            return self.stopped().await;
        }
        if let Err(failure) = self.shared.link.session(self.shared.patience()).await {
            return AttemptEnd::Lost(failure);
        }
        let is_open =
            self.teller.seen.step(&self.id.clone().into()).is_some_and(|step| step.status.is_none());
        if !is_open {
            self.start().await;
        }
        if let Some(task) = self.left["task"].as_str().map(str::to_owned) {
            return self.follow(task).await;
        }
        let paused = self.left["paused"].clone();
        if paused.is_object() {
            return match self.take_up(paused).await {
                Ok(()) => self.go_on().await,
                Err(ended) => ended,
            };
        }
        if self.tool.is_repeatable() {
            let why = "The connection was lost in the middle of the call. The tool says that repeating it does nothing twice: it is called again.\n";
            self.log(why.to_owned()).await;
            return self.go_on().await;
        }
        let failure = impossible(
            "The connection was lost in the middle of the call. Whether the tool did its work is not known, and it does not say that it can be called twice.",
            "Look at the server what became of it; call it again if that does no harm.",
        );
        self.end_tool(StepStatus::Unknown, None, Some(failure.message.clone())).await;
        self.teller.unknown(failure).await
    }

    /// Rounds until the call has ended.
    async fn go_on(&mut self) -> Ended {
        loop {
            self.rounds += 1;
            if self.rounds > ROUNDS {
                let message = format!("The server asked {ROUNDS} times in a row and never gave a result.");
                return self.fail(Failure::new(ErrorCode::PeerBadAnswer, message)).await;
            }
            match self.round().await {
                Round::Result(result) => return self.finish(&result).await,
                Round::Asks(result) => {
                    if let Err(ended) = self.ask_all(&result).await {
                        return ended;
                    }
                }
                Round::Task(task) => return self.follow(task).await,
                Round::Refused(error) => return self.refused(error).await,
                Round::Again => {}
                Round::Failed(failure) => return self.fail(failure).await,
                Round::Silent(failure) => {
                    self.end_tool(StepStatus::Unknown, None, Some(failure.message.clone())).await;
                    return self.teller.unknown(failure).await;
                }
                Round::NotSent(failure) => {
                    // The next attempt opens a call of its own.
                    self.end_tool(StepStatus::Failed, None, Some(failure.message.clone())).await;
                    return AttemptEnd::NotSent(failure);
                }
                Round::Lost(failure) => return AttemptEnd::Lost(failure),
                Round::Stopped => return self.stopped().await,
            }
        }
    }

    /// The tool gave a result.
    async fn finish(&mut self, result: &Value) -> Ended {
        let content = content::of(result);
        let is_error = result["isError"] == true;
        for draft in content.drafts {
            self.teller.tell(draft.tool(self.id.clone())).await;
        }
        if is_error {
            let said = if content.text.is_empty() {
                "The tool says that it failed, and not why.".to_owned()
            } else {
                content.text
            };
            let short: String = said.chars().take(1000).collect();
            self.end_tool(StepStatus::Failed, Some(content.result), Some(short.clone())).await;
            let failure =
                Failure::new(ErrorCode::ToolFailed, format!("'{}' failed: {short}", self.tool.name))
                    .hint("That is the tool's own answer: check the arguments and what it works on.");
            return self.teller.failed(failure, false).await;
        }
        if let Some(mismatch) = self.mismatch(result) {
            self.tell(mismatch.into_event(false, false)).await;
        }
        self.end_tool(StepStatus::Succeeded, Some(content.result), None).await;
        let messages = self.teller.seen.messages().iter();
        let answer =
            messages.filter(|message| message.id.0.starts_with("content-")).map(|message| message.id.clone());
        AttemptEnd::Done(Done {
            outcome: Outcome::Succeeded,
            verdict: Verdict::Verified,
            reason: None,
            answer: answer.collect(),
            duration_ms: None,
            usage: None,
        })
    }

    /// Where a result is not what the tool promised.
    fn mismatch(&self, result: &Value) -> Option<Failure> {
        let schema = self.tool.output_schema.as_ref()?;
        let structured = result.get("structuredContent").filter(|value| !value.is_null());
        let Some(structured) = structured else {
            let message = format!("'{}' promised a structured result, and gave none.", self.tool.name);
            return Some(
                Failure::new(ErrorCode::ToolOutputInvalid, message).hint("The result is shown as it came."),
            );
        };
        let faults = self.shared.schemas.check(schema, structured).ok()?;
        let first = faults.first()?;
        let place = if first.place.is_empty() { "the result" } else { &first.place };
        let message = format!(
            "The result of '{}' is not what its schema promises: {place}: {}",
            self.tool.name, first.message
        );
        Some(
            Failure::new(ErrorCode::ToolOutputInvalid, message)
                .at(format!("/structuredContent{}", first.place))
                .hint("The result is shown as it came.")
                .faults(faults),
        )
    }

    /// The server refused it.
    async fn refused(&mut self, error: RpcError) -> Ended {
        let failure = error.into_failure(&self.shared.config.place());
        self.fail(failure).await
    }

    async fn fail(&mut self, failure: Failure) -> Ended {
        self.end_tool(StepStatus::Failed, None, Some(failure.message.clone())).await;
        self.teller.failed(failure, false).await
    }

    /// Somebody stopped it.
    async fn stopped(&mut self) -> Ended {
        let is_open =
            self.teller.seen.step(&self.id.clone().into()).is_some_and(|step| step.status.is_none());
        if is_open {
            self.end_tool(StepStatus::Cancelled, None, None).await;
        }
        self.listed.ended();
        AttemptEnd::Done(Done {
            outcome: Outcome::Cancelled,
            verdict: Verdict::Unverified,
            reason: Some("The call was stopped.".to_owned()),
            answer: Vec::new(),
            duration_ms: None,
            usage: None,
        })
    }

    async fn end_tool(&mut self, status: StepStatus, result: Option<Value>, error: Option<String>) {
        self.tell(EventBody::ToolEnd(ToolEnd { result, error, ..ToolEnd::of(status) })).await;
    }

    /// Tells something of this call.
    async fn tell(&mut self, body: EventBody) {
        let id = self.id.clone();
        self.teller.tell(Draft::new(body).tool(id)).await;
    }

    /// A line of what happens on the way.
    async fn log(&mut self, line: String) {
        let delta = Delta { part: Part::Log, text: line, supersedes: None };
        let draft = Draft::new(EventBody::Delta(delta)).message(LOG).tool(self.id.clone());
        self.teller.tell(draft).await;
    }
}
