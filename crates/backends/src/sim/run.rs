//! One attempt of a run: sends it (once), listens or looks, asks a person, and lets Sim's record say how it ended.

use std::{sync::Arc, time::Duration};

use bytes::BytesMut;
use futures_util::{FutureExt as _, StreamExt as _};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::Transcript,
    frame::{Limits, SseDecoder, SseFrame},
    model::EntryPoint,
    port::{AttemptEnd, ProgressStream, ResumeRequest, RunRequest, Signals, progress_stream},
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::{
    api::Api,
    blocks,
    error::{refused, said},
    input::{self, Mode},
    parse::{Parser, Said},
    record::Status,
};
use crate::{
    history,
    live::{Incoming, Listener},
    secrecy::Secrecy,
    teller::Teller,
    transport::{SendFault, StreamFault},
};

/// Outputs of 10 MB come in one frame.
const LIMITS: Limits = Limits { line: 32 * 1024 * 1024, frame: 32 * 1024 * 1024 };
/// Most bytes of an answer that is no stream.
const CAP: usize = 64 * 1024 * 1024;
/// Time between two looks at a run that waits for a person: in the first minute, and later.
const WAITING: (Duration, Duration) = (Duration::from_secs(3), Duration::from_secs(15));

/// Starts a run at Sim.
pub(crate) fn stream(api: Arc<Api>, request: RunRequest, signals: Signals) -> ProgressStream {
    progress_stream(|reporter| async move {
        let teller = Teller::new(reporter, Transcript::new(), request.run_id, request.attempt, None);
        let parser = Parser::new(Value::Null);
        Box::pin(Run::new(api, request, parser, teller, signals).begin()).await
    })
}

/// Takes a run up again. Never sends it.
pub(crate) fn resume(api: Arc<Api>, request: ResumeRequest, signals: Signals) -> ProgressStream {
    progress_stream(|reporter| async move {
        let parser = Parser::after(request.run.workflow.private.clone(), &request.seen);
        let mode = match request.checkpoint.as_ref().map(|checkpoint| &checkpoint.data["mode"]) {
            Some(mode) if mode == "durable" => Mode::Durable,
            _ => Mode::Live,
        };
        let run = request.run;
        let teller = Teller::new(reporter, request.seen, run.run_id, run.attempt, request.checkpoint);
        let mut run = Run::new(api, run, parser, teller, signals);
        run.mode = mode;
        run.was_cut = mode == Mode::Live;
        Box::pin(run.go_on(Next::Look)).await
    })
}

pub(super) struct Run {
    pub(super) api: Arc<Api>,
    pub(super) request: RunRequest,
    pub(super) parser: Parser,
    pub(super) teller: Teller,
    pub(super) secrecy: Secrecy,
    pub(super) mode: Mode,
    /// The connection of a live run broke: then Sim cancels it.
    pub(super) was_cut: bool,
    signals: Signals,
    listener: Listener,
}

/// What is to be done next.
pub(super) enum Next {
    /// Read a stream, or an answer that is none.
    Listen(Box<Incoming>),
    /// Sim said how it ended; its record completes it.
    Settle(Said),
    /// Look at Sim's record until it tells the end.
    Look,
    /// Wait for an answer to a question.
    Wait,
    End(AttemptEnd),
}

impl Run {
    fn new(api: Arc<Api>, request: RunRequest, parser: Parser, teller: Teller, signals: Signals) -> Self {
        let listener = Listener::new(&api.live, request.run_id);
        let secrecy = Secrecy::new(api.config.secrets.iter().map(|(_, secret)| secret.to_owned()));
        Self { api, request, parser, teller, secrecy, mode: Mode::Live, was_cut: false, signals, listener }
    }

    /// Whether Sim keeps a record that can be read.
    pub(super) fn has_record(&self) -> bool {
        self.api.config.has_key() && !self.request.workflow.private["chat"].is_string()
    }

    async fn begin(mut self) -> AttemptEnd {
        let entry = match input::entry(&self.request.workflow, self.request.entry.as_deref()) {
            Ok(entry) => entry.clone(),
            Err(failure) => return self.teller.failed(failure, true).await,
        };
        self.mode = if entry.id == "durable" { Mode::Durable } else { Mode::Live };
        self.know_blocks().await;
        let earlier = input::hand_over(&mut self.request);
        if earlier > 0 {
            self.teller.tell(history::note(earlier)).await;
        }
        self.parser = Parser::new(self.request.workflow.private.clone());
        let next = match self.send(&entry).await {
            Ok(incoming) => self.taken(incoming).await,
            Err(end) => Next::End(*end),
        };
        self.go_on(next).await
    }

    /// Without the ids of its agents no words would be streamed; what cannot be had is left out.
    async fn know_blocks(&mut self) {
        let private = &self.request.workflow.private;
        if self.mode == Mode::Durable || !self.has_record() || private["outputs"].is_array() {
            return;
        }
        if let Ok(state) = self.api.export(&self.request.workflow.external_id).await {
            let files = self.request.workflow.private["files"].clone();
            self.request.workflow.private = blocks::remembered(&state);
            self.request.workflow.private["files"] = files;
        }
    }

    async fn go_on(mut self, mut next: Next) -> AttemptEnd {
        loop {
            next = match next {
                Next::Listen(incoming) => self.listen(*incoming).await,
                Next::Settle(said) => self.settle(said).await,
                Next::Look => self.look().await,
                Next::Wait => self.wait().await,
                Next::End(end) => return end,
            };
        }
    }

    /// Sends the run, once; without the newer flags where an older Sim refuses them before it starts anything.
    async fn send(&mut self, entry: &EntryPoint) -> Result<Incoming, Box<AttemptEnd>> {
        if let Some(chat) = self.request.workflow.private["chat"].as_str() {
            let request = input::chat(&self.api, &self.request, chat);
            return self.head(request).await;
        }
        let face = match self.api.face().await {
            Ok(face) => face,
            // Nothing of the run has been sent yet.
            Err(failure) if failure.peer_status.is_none() => {
                return Err(Box::new(AttemptEnd::NotSent(failure)));
            }
            Err(failure) => return Err(Box::new(self.teller.failed(failure, true).await)),
        };
        let request = input::execute(&self.api, face, &self.request, self.mode, entry.id == "live");
        let incoming = self.head(request).await?;
        if incoming.status != 400 || self.mode == Mode::Durable {
            return Ok(incoming);
        }
        let (incoming, value) = self.whole(incoming).await?;
        let words = said(&value);
        if !(words.contains("includeThinking")
            || words.contains("Protocol")
            || words.contains("Unrecognized"))
        {
            return Ok(incoming);
        }
        let request = input::execute(&self.api, face, &self.request, self.mode, false);
        self.head(request).await
    }

    /// Waits for the head of the answer. A stream has none before its first frame, so there is no deadline; silence makes the hub look.
    async fn head(&mut self, request: reqwest::RequestBuilder) -> Result<Incoming, Box<AttemptEnd>> {
        let mut head = request.send().boxed();
        let began = Instant::now();
        loop {
            let until = Instant::now() + self.api.config.silence();
            tokio::select! {
                sent = &mut head => return match sent.map_err(|error| SendFault::of(&error)) {
                    Ok(response) => Ok(Incoming::of(response)),
                    Err(SendFault::NotSent(failure)) => Err(Box::new(AttemptEnd::NotSent(failure))),
                    Err(SendFault::MaybeSent(failure)) => Err(Box::new(self.lost(failure))),
                },
                () = sleep_until(until) => {
                    if self.is_over(began).await {
                        return Err(Box::new(self.lost(silent())));
                    }
                }
            }
        }
    }

    /// Whether Sim's record says that nothing more will come, or nobody can say and it took too long.
    async fn is_over(&self, began: Instant) -> bool {
        if began.elapsed() > self.api.config.longest() {
            return true;
        }
        if !self.has_record() {
            return false;
        }
        match self.api.record(&self.request.workflow.external_id, &input::run_id(&self.request)).await {
            Ok(Some(record)) => !matches!(record.status, Status::Going),
            Ok(None) => began.elapsed() > self.api.config.silence() * 2,
            // Sim itself cannot be reached: then its stream is gone as well.
            Err(failure) => {
                failure.code == ErrorCode::PeerUnreachable || failure.code == ErrorCode::PeerNoAnswer
            }
        }
    }

    /// The head has come: Sim took the run, or says why not.
    async fn taken(&mut self, incoming: Incoming) -> Next {
        if incoming.media_type == "text/event-stream" && incoming.status < 300 {
            self.identified().await;
            return Next::Listen(Box::new(incoming));
        }
        let (incoming, value) = match self.whole(incoming).await {
            Ok(read) => read,
            Err(end) => return Next::End(*end),
        };
        let value = self.clean(value);
        self.answered(incoming.status, incoming.retry_after.as_deref(), value).await
    }

    /// From now on the run can be found again.
    pub(super) async fn identified(&mut self) {
        if !self.has_record() {
            return;
        }
        let mode = if self.mode == Mode::Durable { "durable" } else { "live" };
        self.teller.remember("mode", json!(mode));
        let id = input::run_id(&self.request);
        self.teller.identified(&id, true).await;
    }

    /// An answer that is no stream, read whole.
    async fn whole(&mut self, mut incoming: Incoming) -> Result<(Incoming, Value), Box<AttemptEnd>> {
        let mut all = BytesMut::from(incoming.early.as_ref());
        loop {
            match incoming.body.next(self.api.transport.silence).await {
                Ok(Some(bytes)) if all.len() + bytes.len() <= CAP => all.extend_from_slice(&bytes),
                Ok(Some(_)) => {
                    let failure =
                        Failure::new(ErrorCode::PeerAnswerTooLarge, "The answer is larger than 64 MiB.");
                    return Err(Box::new(self.lost(failure)));
                }
                Ok(None) => break,
                Err(StreamFault::Silent(failure) | StreamFault::Broken(failure)) => {
                    return Err(Box::new(self.lost(failure)));
                }
            }
        }
        if crate::transport::looks_like_html(&all) {
            let failure = crate::transport::html_failure(incoming.status, &all);
            return Err(Box::new(self.teller.failed(failure, true).await));
        }
        incoming.early = all.freeze();
        let value = serde_json::from_slice(&incoming.early)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&incoming.early).into_owned()));
        Ok((incoming, value))
    }

    /// What an answer that is no stream says.
    async fn answered(&mut self, status: u16, retry_after: Option<&str>, value: Value) -> Next {
        let body =
            if value["data"].is_object() && value["success"].is_null() { &value["data"] } else { &value };
        let code = value["code"].as_str().or_else(|| value["error"]["code"].as_str()).unwrap_or_default();
        match status {
            202 => {
                self.identified().await;
                Next::Look
            }
            // The id is taken: an earlier request of this run arrived after all.
            409 => Next::End(self.lost(Failure::new(
                ErrorCode::PeerRejected,
                "Sim has a run with this id already: an earlier request arrived.",
            ))),
            503 if code == "ASYNC_ENQUEUE_AMBIGUOUS" => {
                Next::End(self.lost(Failure::new(
                    ErrorCode::PeerFailed,
                    "Sim does not know whether it queued the run.",
                )))
            }
            // A whole answer, success or not (a failed run is a 500 with the same shape).
            _ if body["success"].is_boolean() || body["runId"].is_string() => {
                self.identified().await;
                let said = match body["success"].as_bool().unwrap_or(body["status"] == "completed") {
                    true => Said::Final(
                        json!({"success": true, "output": body["output"], "status": body["status"]}),
                    ),
                    false => Said::Error(said(body)),
                };
                Next::Settle(said)
            }
            200..300 => Next::Settle(Said::Final(json!({"success": true, "output": value}))),
            _ => {
                let retry_after = retry_after.and_then(|text| text.trim().parse().ok());
                let answer = crate::transport::Answer { status, value, retry_after };
                Next::End(self.teller.failed(refused(&answer), true).await)
            }
        }
    }

    async fn listen(&mut self, mut incoming: Incoming) -> Next {
        let mut decoder = SseDecoder::new(LIMITS);
        decoder.push(&incoming.early);
        self.take(&mut decoder).await;
        let mut began = Instant::now();
        loop {
            if self.parser.is_closed {
                break;
            }
            match incoming.body.next(self.api.config.silence()).await {
                Ok(Some(bytes)) => {
                    began = Instant::now();
                    decoder.push(&bytes);
                    self.take(&mut decoder).await;
                }
                Ok(None) => break,
                Err(StreamFault::Silent(_)) => {
                    if self.parser.said.is_some() {
                        break;
                    }
                    if self.is_over(began).await {
                        return Next::End(self.lost(silent()));
                    }
                }
                Err(StreamFault::Broken(failure)) => {
                    if self.parser.said.is_some() {
                        break;
                    }
                    return Next::End(self.lost(failure));
                }
            }
        }
        match self.parser.said.take() {
            Some(said) => Next::Settle(said),
            None => Next::End(self.lost(Failure::new(
                ErrorCode::PeerConnectionLost,
                "The stream ended without saying how the run ended.",
            ))),
        }
    }

    async fn take(&mut self, decoder: &mut SseDecoder) {
        let mut drafts = Vec::new();
        for frame in decoder.by_ref() {
            match frame {
                Ok(SseFrame::Event(event)) => {
                    drafts.extend(self.parser.frame(&self.secrecy.bytes(event.data.into_bytes())));
                }
                Ok(SseFrame::Comment(_)) => {}
                Err(fault) => drafts.push(jackfield_protocol::event::Draft::new(
                    jackfield_protocol::event::EventBody::Raw(fault.into_raw()),
                )),
            }
        }
        self.teller.tell_all(drafts).await;
    }

    fn lost(&mut self, failure: Failure) -> AttemptEnd {
        AttemptEnd::Lost(failure)
    }

    /// A value without secrets.
    pub(super) fn clean(&self, value: Value) -> Value {
        let bytes = serde_json::to_vec(&value).unwrap_or_default();
        serde_json::from_slice(&self.secrecy.bytes(bytes)).unwrap_or_default()
    }

    /// Waits for an answer: given through the hub, a live one brings its stream along; given in Sim, the record shows it.
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
                    Some(jackfield_protocol::port::Signal::Answered(_)) if self.mode == Mode::Durable => {
                        self.next_part();
                        return Next::Look;
                    }
                    Some(_) => {}
                    None => signalled = false,
                },
                () = sleep_until(until) => {
                    let id = input::run_id(&self.request);
                    let record = self.api.record(&self.request.workflow.external_id, &id).await;
                    if matches!(record, Ok(Some(record)) if record.status != Status::Paused) {
                        self.teller.answered_there().await;
                        self.parser.next_part();
                        return Next::Look;
                    }
                }
            }
        }
    }

    /// A question was answered: what follows is read as the next part of the run.
    fn next_part(&mut self) {
        self.teller.learn_answers();
        self.parser.next_part();
    }
}

fn silent() -> Failure {
    Failure::new(
        ErrorCode::PeerSilent,
        "Sim sends nothing any more, and its record does not say that the run goes on.",
    )
}
