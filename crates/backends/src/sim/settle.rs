//! How a run ended: what its stream said, what Sim's record says, and what its log tells of the steps.

use std::time::Duration;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Delta, Draft, EventBody, Part},
    ids::MessageId,
    port::AttemptEnd,
};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{
    error::{cancelled_by_cut, run_failed, stopped},
    files,
    input::{self, Mode},
    parse::Said,
    question,
    record::{self, Record, Status},
    run::{Next, Run},
    trace,
};
use crate::teller::{answer, impossible};

/// Pauses between looks at a run that goes on, in milliseconds; the last one again and again.
const LOOKS: [u64; 6] = [300, 700, 1000, 1000, 2000, 3000];
/// How long a record may lag behind the end of a stream, and a log behind the record.
const LAG: Duration = Duration::from_secs(6);
/// How long a run that Sim does not know is looked for: after that it was never started.
const NEVER: Duration = Duration::from_secs(4);

impl Run {
    /// The stream told the end. The record completes it, and tells a run that was cancelled from one that failed.
    pub(super) async fn settle(&mut self, said: Said) -> Next {
        let (success, output, words) = match said {
            Said::Final(data) => {
                let words = data["error"].as_str().unwrap_or_default().to_owned();
                let paused = data["status"] == "paused" || question::is_pause(&data["output"]);
                if paused {
                    return self.pause(&data["output"]).await;
                }
                (data["success"] == true, data["output"].clone(), words)
            }
            Said::Error(words) => (false, Value::Null, words),
        };
        let record = if self.has_record() { self.ended_record().await } else { None };
        let words = Some(words).filter(|words| !words.is_empty()).or_else(|| self.parser.noted.take());
        match &record {
            Some(record) if record.status == Status::Paused => return self.pause(&output).await,
            Some(record) if record.status == Status::Cancelled => return self.cancelled().await,
            Some(record) if !success => {
                let words = words.unwrap_or_else(|| record.error.clone());
                return self.failed(run_failed(&words)).await;
            }
            Some(record) => {
                let output = if record.output.is_null() { output } else { record.output.clone() };
                self.complete(&output).await;
            }
            None if !success => return self.failed(run_failed(&words.unwrap_or_default())).await,
            None => self.complete(&output).await,
        }
        self.tell_steps(false).await;
        Next::End(self.teller.succeeded())
    }

    /// The record, once it has the end; what cannot be read within a few seconds is left out: the stream has the word.
    async fn ended_record(&self) -> Option<Record> {
        let until = Instant::now() + LAG;
        loop {
            match self.record().await {
                Ok(Some(record)) if record.status != Status::Going => return Some(record),
                _ if Instant::now() >= until => return None,
                _ => sleep(Duration::from_millis(200)).await,
            }
        }
    }

    async fn record(&self) -> Result<Option<Record>, Failure> {
        self.api.record(&self.request.workflow.external_id, &input::run_id(&self.request)).await
    }

    /// Looks at the record until it tells the end: a durable run, or one whose connection broke.
    pub(super) async fn look(&mut self) -> Next {
        if !self.has_record() {
            let why = "Without an API key, and for deployed chats, Sim does not tell what became of a run.";
            let end =
                self.teller.unknown(impossible(why, "Look into Sim's logs before you run it again.")).await;
            return Next::End(end);
        }
        let began = Instant::now();
        let mut looks = LOOKS.iter();
        let mut pause = LOOKS[0];
        let mut missing: Option<Instant> = None;
        loop {
            match self.record().await {
                Ok(Some(record)) => {
                    missing = None;
                    self.identified().await;
                    match record.status {
                        Status::Going => {}
                        Status::Paused if self.teller.seen.pending.is_empty() => {
                            return self.pause_recorded(&record).await;
                        }
                        Status::Paused => return Next::Wait,
                        _ => return self.recorded(record).await,
                    }
                }
                Ok(None) => {
                    let since = *missing.get_or_insert_with(Instant::now);
                    if since.elapsed() > NEVER {
                        return Next::End(self.never_started().await);
                    }
                }
                Err(failure)
                    if matches!(failure.code, ErrorCode::PeerUnauthorized | ErrorCode::PeerScopeMissing) =>
                {
                    let hint = failure.hint.clone().unwrap_or_default();
                    return Next::End(self.teller.unknown(impossible(failure.message, &hint)).await);
                }
                Err(failure) => return Next::End(AttemptEnd::Lost(failure)),
            }
            if began.elapsed() > self.api.config.longest() {
                let why = format!(
                    "Sim has listed the run as going on for {:?}; a restart of Sim leaves runs like this.",
                    self.api.config.longest()
                );
                let hint = "Look into Sim's logs. `running_timeout_ms` waits longer.";
                return Next::End(self.teller.unknown(impossible(why, hint)).await);
            }
            if let Some(next) = looks.next() {
                pause = *next;
            }
            sleep(Duration::from_millis(pause)).await;
        }
    }

    async fn never_started(&mut self) -> AttemptEnd {
        if self.teller.seen.messages().is_empty() && self.teller.seen.steps().is_empty() {
            let failure =
                Failure::new(ErrorCode::PeerLostRun, "Sim has no run with this id: it was never started.")
                    .hint("Run it again.");
            return self.teller.failed(failure, true).await;
        }
        let why = "Sim has no record of the run any more, though it had begun.";
        self.teller.unknown(impossible(why, "Look into Sim's logs before you run it again.")).await
    }

    /// A record that has the end.
    async fn recorded(&mut self, record: Record) -> Next {
        match record.status {
            Status::Cancelled if self.mode == Mode::Live && self.was_cut => {
                self.tell_steps(true).await;
                Next::End(self.teller.failed(cancelled_by_cut(), false).await)
            }
            Status::Cancelled => self.cancelled().await,
            Status::Failed => self.failed(run_failed(&record.error)).await,
            _ => {
                self.complete(&record.output).await;
                self.tell_steps(false).await;
                Next::End(self.teller.succeeded())
            }
        }
    }

    async fn cancelled(&mut self) -> Next {
        self.tell_steps(true).await;
        Next::End(self.teller.failed(stopped(), false).await)
    }

    async fn failed(&mut self, failure: Failure) -> Next {
        self.tell_steps(false).await;
        Next::End(self.teller.failed(failure, false).await)
    }

    /// Adds what the stream did not have of the output: Sim streams only the words of agents.
    async fn complete(&mut self, output: &Value) {
        let output = self.clean(output.clone());
        let files = files::artifacts(&self.api.config, &output);
        self.teller.tell_all(files).await;
        let Some(text) = record::text(&output) else { return };
        let prefix = self.parser.prefix();
        let last = answer(&self.teller.seen);
        let last =
            last.iter().filter(|id| id.0.starts_with(&prefix)).find_map(|id| self.teller.seen.message(id));
        let said = last.map(|message| message.text.clone()).unwrap_or_default();
        if said.trim_end().ends_with(text.trim()) {
            return;
        }
        let streamed = self.teller.seen.messages().iter().filter(|message| message.id.0.starts_with(&prefix));
        // The words of one of several agents, and the output is another one's that was streamed as well.
        if streamed.clone().any(|message| message.text.trim() == text.trim()) && !said.is_empty() {
            return;
        }
        let (id, text) = match (last, text.strip_prefix(&said)) {
            (Some(message), Some(rest)) => (message.id.clone(), rest.to_owned()),
            _ => (MessageId(format!("{prefix}output")), text),
        };
        let delta = Delta { part: Part::Text, text, supersedes: None };
        self.teller.tell(Draft::new(EventBody::Delta(delta)).message(id)).await;
    }

    /// Fills in the steps from the log, and says that they come from there.
    async fn tell_steps(&mut self, cancelled: bool) {
        if !self.has_record() {
            return;
        }
        let id = input::run_id(&self.request);
        let until = Instant::now() + LAG;
        let spans = loop {
            match self.api.spans(&id).await {
                Ok(Some(spans)) => break spans,
                Err(failure) if failure.peer_status.is_some() => {
                    return tracing::debug!(run = %self.request.run_id, %failure, "the log of the run could not be read");
                }
                _ if Instant::now() >= until => return,
                _ => sleep(Duration::from_millis(250)).await,
            }
        };
        let Value::Array(spans) = self.clean(Value::Array(spans)) else { return };
        let drafts = trace::steps(&spans, &self.teller.seen, cancelled);
        if drafts.is_empty() {
            return;
        }
        let text =
            "The steps come from Sim's log, after the run: Sim shows none to a key while it goes on.\n"
                .to_owned();
        let note = Delta { part: Part::Log, text, supersedes: None };
        self.teller.tell(Draft::new(EventBody::Delta(note)).message("log")).await;
        self.teller.tell_all(drafts).await;
    }

    /// A pause that the stream told.
    async fn pause(&mut self, output: &Value) -> Next {
        let paused = match self.record().await {
            Ok(Some(record)) => record.paused,
            _ => Value::Null,
        };
        self.ask(output, &paused).await
    }

    /// A pause that only the record tells: its form is in the log's last span, its words may be missing.
    async fn pause_recorded(&mut self, record: &Record) -> Next {
        let output = match self.api.spans(&input::run_id(&self.request)).await {
            Ok(Some(spans)) => pause_output(&spans).unwrap_or(Value::Null),
            _ => Value::Null,
        };
        self.ask(&output, &record.paused).await
    }

    async fn ask(&mut self, output: &Value, paused: &Value) -> Next {
        let output = self.clean(output.clone());
        let Some(question) = question::of(&output, paused) else {
            let why = "The run waits, but Sim does not say for what.";
            return Next::End(self.teller.unknown(impossible(why, "Answer it in Sim.")).await);
        };
        if !self.teller.seen.asked.contains(&question.request_id) {
            let remembered = question::remembered(&question);
            self.teller.ask(question, remembered).await;
        }
        Next::Wait
    }
}

/// The output of the block that paused, somewhere in the spans.
fn pause_output(spans: &[Value]) -> Option<Value> {
    spans.iter().rev().find_map(|span| {
        if question::is_pause(&span["output"]) {
            return Some(span["output"].clone());
        }
        pause_output(span["children"].as_array()?)
    })
}
