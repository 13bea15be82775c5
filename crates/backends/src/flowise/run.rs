//! One attempt of a run: sends it (once), listens, asks a person, and reads what Flowise stored when the stream alone does not tell the end.

use std::{sync::Arc, time::Duration};

use bytes::BytesMut;
use futures_util::StreamExt as _;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::Draft,
    model::EntryPoint,
    port::{
        AttemptEnd, ProgressStream, Reporter, ResumeRequest, RunRequest, Signal, Signals, progress_stream,
    },
    time::now,
};
use serde_json::Value;
use tokio::time::{Instant, sleep_until, timeout};

use super::{
    api::Api,
    error::run_failed,
    flow::Kind,
    framing::{Form, Framing, form},
    input,
    live::{Incoming, Listener},
    nodes::Nodes,
    parse::Parser,
    question,
    record::{self, Execution, Stored},
    recover::{Recovered, Recovery},
    teller::{Teller, impossible},
    text,
    whole::{self, Whole},
};
use crate::transport::{SendFault, StreamFault};
use crate::{history, secrecy::Secrecy};

/// Most bytes of an answer that is no stream.
const CAP: usize = 64 * 1024 * 1024;
/// After an `error` nothing follows but `end`.
const AFTER_ERROR: Duration = Duration::from_secs(2);
/// Time between two looks at an execution that waits for a person: in the first minute, and later.
const WAITING: (Duration, Duration) = (Duration::from_secs(3), Duration::from_secs(15));

/// Starts a run at Flowise.
pub(crate) fn stream(api: Arc<Api>, request: RunRequest, signals: Signals) -> ProgressStream {
    progress_stream(|reporter| async move {
        let nodes = Nodes::of(&request.workflow);
        let files = files_address(&api, &request);
        let parser = Parser::new(nodes, files);
        let teller = Teller::new(
            reporter,
            jackfield_protocol::event::Transcript::new(),
            request.run_id,
            request.attempt,
            None,
        );
        let run = Run::new(api, request, parser, teller, signals);
        Box::pin(run.begin()).await
    })
}

/// Takes a run up again. Never sends it.
pub(crate) fn resume(api: Arc<Api>, request: ResumeRequest, signals: Signals) -> ProgressStream {
    progress_stream(|reporter: Reporter| async move {
        let nodes = Nodes::of(&request.run.workflow);
        let files = files_address(&api, &request.run);
        let parser = Parser::after(&request.seen, nodes, files);
        let teller =
            Teller::new(reporter, request.seen, request.run.run_id, request.run.attempt, request.checkpoint);
        let run = Run::new(api, request.run, parser, teller, signals);
        Box::pin(run.take_up()).await
    })
}

/// Where the files of a run are read from.
fn files_address(api: &Api, run: &RunRequest) -> String {
    let (flow, chat) = (super::api::encode(&run.workflow.external_id), input::chat(run));
    api.config.url(&format!("api/v1/get-upload-file?chatflowId={flow}&chatId={chat}&fileName=")).to_string()
}

pub(super) struct Run {
    pub(super) api: Arc<Api>,
    pub(super) request: RunRequest,
    pub(super) parser: Parser,
    pub(super) teller: Teller,
    signals: Signals,
    listener: Listener,
    secrecy: Secrecy,
}

/// How an answer ended.
enum Heard {
    /// It is whole, or its end was said.
    Ended,
    /// The connection broke, or something else spoke in Flowise's place.
    Broken(Failure),
    /// Flowise says that the run failed.
    Failed(Failure),
    /// Flowise did not start it.
    NotStarted(Failure),
}

/// What is to be done next.
enum Next {
    Listen(Box<Incoming>),
    Settle(Heard),
    Wait,
    Recover,
    End(AttemptEnd),
}

impl Run {
    fn new(api: Arc<Api>, request: RunRequest, parser: Parser, teller: Teller, signals: Signals) -> Self {
        let listener = Listener::new(&api.live, request.run_id);
        let secrecy = Secrecy::new(api.config.secrets.iter().map(|(_, secret)| secret.to_owned()));
        Self { api, request, parser, teller, signals, listener, secrecy }
    }

    async fn begin(mut self) -> AttemptEnd {
        let entry = match input::entry(&self.request.workflow, self.request.entry.as_deref()) {
            Ok(entry) => entry.clone(),
            Err(failure) => return self.teller.failed(failure, true).await,
        };
        let next = match self.send(&entry).await {
            Ok(incoming) => Next::Listen(Box::new(incoming)),
            Err(end) => Next::End(*end),
        };
        self.go_on(next).await
    }

    async fn take_up(mut self) -> AttemptEnd {
        if self.api.config.has_key() {
            return self.go_on(Next::Recover).await;
        }
        if !self.teller.seen.pending.is_empty() {
            // Whoever answers brings the stream along.
            return self.go_on(Next::Wait).await;
        }
        let why = "Without an API key Flowise does not tell what became of the run.";
        self.teller
            .unknown(impossible(why, "Store an API key with the backend: then lost runs are recovered."))
            .await
    }

    async fn go_on(mut self, mut next: Next) -> AttemptEnd {
        loop {
            next = match next {
                Next::Listen(incoming) => Next::Settle(self.listen(*incoming).await),
                Next::Settle(heard) => self.settle(heard).await,
                Next::Wait => self.wait().await,
                Next::Recover => match Recovery::new(&self).follow(&mut self).await {
                    Recovered::Waiting => Next::Wait,
                    Recovered::End(end) => Next::End(end),
                },
                Next::End(end) => return end,
            };
        }
    }

    /// Asks beforehand what would otherwise never be answered (a flow that is gone: recording b01), then sends the run.
    async fn send(&mut self, entry: &EntryPoint) -> Result<Incoming, Box<AttemptEnd>> {
        let streaming = match self.api.streams(&self.request.workflow.external_id).await {
            Ok(told) => told.or(entry.streams).unwrap_or(true),
            // Nothing of the run has been sent yet.
            Err(failure) if failure.peer_status.is_none() => {
                return Err(Box::new(AttemptEnd::NotSent(failure)));
            }
            Err(failure) if failure.code == ErrorCode::PeerHtml => {
                return Err(Box::new(self.teller.failed(failure, true).await));
            }
            Err(failure) if failure.message.contains("not found") => {
                let name = &self.request.workflow.name;
                let gone = Failure::new(
                    ErrorCode::PeerEntryNotFound,
                    format!("Flowise does not have the flow '{name}' any more."),
                )
                .hint("Discover again.");
                return Err(Box::new(self.teller.failed(gone, true).await));
            }
            Err(_) => entry.streams.unwrap_or(true),
        };
        let history = self.handed_over().await;
        let body = input::body(entry, &self.request, streaming, &history);
        let request = input::prediction(&self.api, entry, &self.request, &body);
        let deadline = if streaming { self.api.transport.first_byte } else { self.api.config.whole() };
        let fault = match timeout(deadline, request.send()).await {
            Ok(Ok(response)) => {
                let chat = input::chat(&self.request);
                self.teller.identified(&chat, false).await;
                return Ok(Incoming::of(response));
            }
            Ok(Err(error)) => self.api.noted(SendFault::of(&error)),
            Err(_) => return Err(Box::new(self.no_answer(streaming, deadline).await)),
        };
        Err(Box::new(match fault {
            SendFault::NotSent(failure) => AttemptEnd::NotSent(failure),
            SendFault::MaybeSent(failure) => AttemptEnd::Lost(failure),
        }))
    }

    /// Flowise answers nothing at all when a flow fails before it streams (recordings b01, b13).
    async fn no_answer(&mut self, streaming: bool, deadline: Duration) -> AttemptEnd {
        let message = format!("Flowise took the run but began no answer within {deadline:?}.");
        let failure = Failure::new(ErrorCode::PeerNoAnswer, message)
            .hint("It does so when a flow was deleted, or fails before it streams: run it in Flowise to see why. `first_byte_timeout_ms` gives it longer.");
        let is_there = self.api.config.has_key()
            && !matches!(record::look(&self.api, &self.request, 0, None).await, Ok(Stored::Nothing));
        if !streaming || is_there { AttemptEnd::Lost(failure) } else { self.teller.unknown(failure).await }
    }

    /// What was said elsewhere in the conversation, where this flow does not know it: a flow with a memory would hear it twice otherwise.
    async fn handed_over(&mut self) -> Vec<Value> {
        if self.request.history.is_empty() {
            return Vec::new();
        }
        let session = input::session(&self.request);
        let flow = &self.request.workflow.external_id;
        let is_new =
            self.api.config.has_key() && matches!(self.api.knows_session(flow, &session).await, Ok(false));
        let mut known = self.request.history.clone();
        if is_new {
            known.iter_mut().for_each(|message| message.heard = false);
        }
        let earlier = input::history(&history::unheard(&known));
        if !earlier.is_empty() {
            self.teller.tell(history::note(earlier.len())).await;
        }
        earlier
    }

    async fn listen(&mut self, mut incoming: Incoming) -> Heard {
        let configured = self.api.config.options.stream_format;
        let is_success = (200..300).contains(&incoming.status);
        let mut open = Some(BytesMut::from(incoming.early.as_ref()));
        let mut framing: Option<Framing> = None;
        loop {
            if let Some(buffer) = &mut open {
                let told =
                    if is_success { form(&incoming.media_type, configured, buffer) } else { Form::Whole };
                if let Form::Stream(format) = told {
                    let begun = framing.insert(Framing::new(format));
                    let items = begun.push(buffer);
                    open = None;
                    self.take(items).await;
                } else if buffer.len() > CAP {
                    let message = format!("The answer is larger than {} MiB.", CAP / (1024 * 1024));
                    return Heard::Broken(Failure::new(ErrorCode::PeerAnswerTooLarge, message));
                }
            }
            if self.parser.verdicts.ended {
                return Heard::Ended;
            }
            let quiet =
                if self.parser.verdicts.error.is_some() { AFTER_ERROR } else { self.api.config.silence() };
            // A whole answer comes at the end of the run: there is no heartbeat before it.
            let quiet = if framing.is_none() { quiet.max(self.api.transport.first_byte) } else { quiet };
            match incoming.body.next(quiet).await {
                Ok(Some(bytes)) => match (&mut framing, &mut open) {
                    (Some(framing), _) => {
                        let items = framing.push(&bytes);
                        self.take(items).await;
                    }
                    (None, Some(buffer)) => buffer.extend_from_slice(&bytes),
                    (None, None) => {}
                },
                Ok(None) => {
                    let rest = framing.as_mut().and_then(Framing::finish);
                    self.take(rest.into_iter().collect()).await;
                    return match open {
                        Some(body) => self.whole(&incoming, &body).await,
                        None if self.is_decided() => Heard::Ended,
                        None => Heard::Broken(cut_off()),
                    };
                }
                Err(_) if self.is_decided() => return Heard::Ended,
                Err(StreamFault::Broken(failure)) => {
                    let rest = framing.as_mut().and_then(Framing::finish);
                    self.take(rest.into_iter().collect()).await;
                    return Heard::Broken(failure);
                }
                Err(StreamFault::Silent(failure)) => {
                    if self.is_dead().await {
                        return Heard::Broken(failure);
                    }
                }
            }
        }
    }

    /// Whether the stream has said how the run ended, though not that it has.
    fn is_decided(&self) -> bool {
        let verdicts = &self.parser.verdicts;
        verdicts.ended || verdicts.stored || verdicts.error.is_some() || verdicts.aborted
    }

    /// Whether silence means that the connection is gone. Versions with heartbeats are never silent; others may be, for as long as a model thinks.
    async fn is_dead(&self) -> bool {
        if self.api.has_heartbeats().await {
            return true;
        }
        if !self.api.config.has_key() {
            return false;
        }
        let known = self.teller.execution();
        let stored = record::look(&self.api, &self.request, self.parser.segment(), known.as_deref()).await;
        !matches!(stored, Ok(Stored::Nothing | Stored::Running(_)))
    }

    async fn take(&mut self, items: Vec<super::framing::Item>) {
        let mut drafts = Vec::new();
        for item in items {
            match item {
                Ok(frame) => drafts.extend(self.parser.frame(&self.secrecy.bytes(frame), now())),
                Err(raw) => drafts.push(Draft::new(jackfield_protocol::event::EventBody::Raw(raw))),
            }
        }
        self.teller.tell_all(drafts).await;
    }

    async fn whole(&mut self, incoming: &Incoming, body: &[u8]) -> Heard {
        let body = self.secrecy.bytes(body.to_vec());
        match whole::read(&mut self.parser, incoming.status, incoming.retry_after.as_deref(), &body) {
            Whole::Said(drafts, text) => {
                self.teller.tell_all(drafts).await;
                if let Some(text) = text {
                    self.complete(&text).await;
                }
                Heard::Ended
            }
            Whole::Failed(failure) => Heard::Failed(failure),
            Whole::NotStarted(failure) => Heard::NotStarted(failure),
            Whole::Unclear(failure) => Heard::Broken(failure),
        }
    }

    async fn settle(&mut self, heard: Heard) -> Next {
        match heard {
            Heard::NotStarted(failure) => return Next::End(self.teller.failed(failure, true).await),
            Heard::Failed(failure) => return Next::End(self.failed(failure).await),
            Heard::Broken(failure) => return Next::End(AttemptEnd::Lost(failure)),
            Heard::Ended => {}
        }
        let flushed = self.parser.trace.flush();
        self.teller.tell_all(flushed).await;
        let verdicts = self.parser.verdicts.clone();
        if let Some(error) = verdicts.error {
            return Next::End(self.failed(run_failed(&error)).await);
        }
        if verdicts.aborted {
            return Next::End(self.failed(run_failed("aborted")).await);
        }
        if let Some(action) = verdicts.action {
            self.read_record().await;
            return self.ask(&action, verdicts.prompt.as_deref()).await;
        }
        if !verdicts.stored {
            // The end of another run on the same chat closes a stream like this (recording c09).
            return Next::End(AttemptEnd::Lost(cut_off()));
        }
        let stored = self.read_record().await;
        if let Some(text) = stored.or(verdicts.text) {
            self.complete(&text).await;
        }
        Next::End(self.teller.succeeded())
    }

    pub(super) async fn complete(&mut self, stored: &str) {
        let missing = text::missing(&self.teller.seen, self.parser.segment(), stored);
        if let Some(draft) = missing {
            self.teller.tell(draft).await;
        }
    }

    /// After a whole stream: the id of its execution, whatever steps it did not bring, and the text of one that had none. The stream has the word:
    /// what cannot be read is left out.
    async fn read_record(&mut self) -> Option<String> {
        let kind = Kind::remembered(&self.request.workflow);
        let has_text =
            text::answer(&self.teller.seen).iter().any(|id| id.0.starts_with(&self.parser.prefix()));
        if !self.api.config.has_key() || (has_text && !kind.has_execution()) {
            return None;
        }
        let known = self.teller.execution();
        match record::look(&self.api, &self.request, self.parser.segment(), known.as_deref()).await {
            Ok(Stored::Answer(message, execution) | Stored::Waiting(message, execution)) => {
                if let Some(execution) = execution {
                    self.executed(&execution).await;
                }
                message["content"].as_str().map(|text| self.secrecy.text(text.to_owned()))
            }
            Ok(_) => None,
            Err(failure) => {
                tracing::debug!(run = %self.request.run_id, %failure, "the stored answer could not be read");
                None
            }
        }
    }

    /// What an execution tells: its id, and the steps that the log lacks.
    pub(super) async fn executed(&mut self, execution: &Execution) {
        self.teller.identified(execution.id(), true).await;
        let records: Vec<Value> = serde_json::to_vec(&execution.records())
            .ok()
            .and_then(|bytes| serde_json::from_slice(&self.secrecy.bytes(bytes)).ok())
            .unwrap_or_default();
        let drafts = self.parser.executed(&records, now());
        self.teller.tell_all(drafts).await;
    }

    /// A failed agentflow leaves an execution: it has the steps up to the one that failed.
    async fn failed(&mut self, failure: Failure) -> AttemptEnd {
        if self.api.config.has_key() && self.parser.verdicts.has_execution {
            let known = self.teller.execution();
            if let Ok(Some(execution)) = record::find(&self.api, &self.request, known.as_deref()).await {
                self.executed(&execution).await;
            }
        }
        self.teller.failed(failure, false).await
    }

    async fn ask(&mut self, action: &Value, prompt: Option<&str>) -> Next {
        let Some(question) = question::of(action, prompt) else {
            let why = "The run waits for a person, but Flowise does not say for what.";
            return Next::End(self.teller.unknown(impossible(why, "Answer it in Flowise.")).await);
        };
        if !self.teller.seen.asked.contains(&question.request_id) {
            self.teller.ask(question, question::remembered(action)).await;
        }
        Next::Wait
    }

    /// The same from a stored message.
    pub(super) async fn ask_stored(&mut self, message: &Value) -> bool {
        let Some(action) = record::action(message) else { return true };
        let prompt = message["content"].as_str().map(str::to_owned);
        matches!(self.ask(&action, prompt.as_deref()).await, Next::Wait)
    }

    /// A question was answered: what follows is read as the next part of the run.
    pub(super) fn next_part(&mut self) {
        self.teller.learn_answers();
        self.parser.next_segment();
    }

    /// Waits for an answer: given through the hub, it brings its stream along; given in Flowise, the execution shows it.
    async fn wait(&mut self) -> Next {
        let since = Instant::now();
        let mut signalled = true;
        loop {
            let pause = if since.elapsed() < Duration::from_secs(60) { WAITING.0 } else { WAITING.1 };
            let until = Instant::now() + pause;
            tokio::select! {
                incoming = self.listener.next() => {
                    self.next_part();
                    return Next::Listen(Box::new(incoming));
                }
                signal = self.signals.next(), if signalled => match signal {
                    // The stream that belongs to it was handed over before, or nobody could hand it over.
                    Some(Signal::Answered(_)) | Some(Signal::Span(_)) => {}
                    None => signalled = false,
                },
                () = sleep_until(until) => {
                    if self.went_on().await {
                        self.teller.answered_there().await;
                        self.parser.next_segment();
                        return Next::Recover;
                    }
                }
            }
        }
    }

    async fn went_on(&self) -> bool {
        let Some(id) = self.teller.execution().filter(|_| self.api.config.has_key()) else { return false };
        let found = record::find(&self.api, &self.request, Some(&id)).await;
        matches!(found, Ok(Some(execution)) if execution.state() != "STOPPED" && !execution.state().is_empty())
    }

    /// What is known of the execution.
    pub(super) fn known_execution(&self) -> Option<String> {
        self.teller.execution()
    }

    /// A stored message, without secrets.
    pub(super) fn clean(&self, message: &Value) -> Value {
        let bytes = serde_json::to_vec(message).unwrap_or_default();
        serde_json::from_slice(&self.secrecy.bytes(bytes)).unwrap_or_default()
    }
}

fn cut_off() -> Failure {
    Failure::new(ErrorCode::PeerConnectionLost, "The stream ended without saying how the run ended.")
}
