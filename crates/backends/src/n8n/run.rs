//! Sending a run, reading what comes, and looking for its execution at the same time.

use std::{sync::Arc, time::Duration};

use bytes::BytesMut;
use futures_util::{FutureExt as _, future::BoxFuture};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Done, Draft, Outcome, Transcript},
    frame::{JsonLinesDecoder, Limits},
    model::{EntryPoint, Verdict},
    port::{AttemptEnd, ProgressStream, RunRequest, Signals, progress_stream},
};
use reqwest::{Response, header};
use tokio::time::{Instant, sleep_until};

use super::{
    api::Api,
    execution::{Execution, Status},
    frame::Frame,
    input,
    locate::Locator,
    nodes::Nodes,
    outcome::{Followed, follow, next_signal, signalled},
    parse::Parser,
    plain::{self, Plain, Refusal},
    recover::lost_or_refused,
    spans::Spans,
    teller::Teller,
};
use crate::history;
use crate::transport::{ByteStream, SendFault, StreamFault};

/// Most bytes of an answer that is no stream.
const CAP: usize = 64 * 1024 * 1024;
/// After an `error` frame n8n may keep the socket open in silence for ever (recordings e04, e05).
const AFTER_ERROR: Duration = Duration::from_secs(2);
/// Time between two looks at a running execution that saves its progress.
const LIVE: Duration = Duration::from_millis(700);
/// A look may take a fifth of the time, not more.
pub(super) const RARER: u32 = 4;
/// Time between two searches for the own execution: first, longest.
const SEARCH: (Duration, Duration) = (Duration::from_millis(150), Duration::from_secs(2));

/// Starts a run at n8n.
pub(crate) fn stream(api: Arc<Api>, request: RunRequest, signals: Signals) -> ProgressStream {
    progress_stream(|reporter| async move {
        let nodes = Nodes::of_graph(request.workflow.graph.as_ref());
        let mut teller =
            Teller::new(reporter, Transcript::new(), nodes.clone(), &api, request.run_id, request.attempt);
        let entry = match input::entry(&request.workflow, request.entry.as_deref()) {
            Ok(entry) => entry.clone(),
            Err(failure) => return not_started(teller, failure).await,
        };
        let settings = &request.workflow.private["settings"];
        let live = settings["saveExecutionProgress"] == true && api.config.has_key();
        teller.spans = (!live).then(Spans::default);
        let run = Run {
            locator: api.config.has_key().then(|| Locator::new(&api, &request)),
            live,
            parser: Parser::new(nodes),
            execution: None,
            api,
            entry,
            request,
            teller,
            signals,
        };
        Box::pin(run.work()).await
    })
}

async fn not_started(mut teller: Teller, failure: Failure) -> AttemptEnd {
    let reason = Some(failure.message.clone());
    teller.tell(Draft::new(failure.into_event(true, true))).await;
    AttemptEnd::Done(Done {
        outcome: Outcome::Failed,
        verdict: Verdict::Verified,
        reason,
        answer: Vec::new(),
        duration_ms: None,
        usage: None,
    })
}

struct Run {
    api: Arc<Api>,
    entry: EntryPoint,
    request: RunRequest,
    teller: Teller,
    signals: Signals,
    locator: Option<Locator>,
    parser: Parser,
    /// Id of the own execution, once it is known.
    execution: Option<String>,
    /// Whether steps can be seen while the run goes on.
    live: bool,
}

/// How the answer ended.
enum Ended {
    /// The body is over.
    Whole,
    /// Nothing came for a long time; n8n's record says that the execution has ended or waits.
    Overtaken,
    /// The connection broke.
    Broken(Failure),
    /// n8n did not start anything.
    Refused(Failure),
}

/// What the answer turned out to be.
enum Shape {
    /// Not told yet; what came so far.
    Open(BytesMut),
    /// Newline JSON.
    Lines(JsonLinesDecoder),
}

impl Run {
    async fn work(mut self) -> AttemptEnd {
        let earlier = input::hand_over(&self.entry, &mut self.request);
        let request = match input::request(&self.api, &self.entry, &self.request) {
            Ok(request) => request,
            Err(failure) => return not_started(self.teller, failure).await,
        };
        if earlier > 0 {
            self.teller.tell(history::note(earlier)).await;
        }
        let head = request.send().boxed();
        let response = match self.head(head).await {
            Ok(Some(response)) => response,
            Ok(None) => return self.verdict(Ended::Overtaken).await,
            Err(SendFault::NotSent(failure)) => return AttemptEnd::NotSent(failure),
            Err(SendFault::MaybeSent(failure)) => return AttemptEnd::Lost(failure),
        };
        let ended = self.answer(response).await;
        self.verdict(ended).await
    }

    /// Waits for the head of the answer, which a plain webhook sends only at its end. `None`: the record has overtaken it.
    async fn head(
        &mut self,
        mut head: BoxFuture<'static, Result<Response, reqwest::Error>>,
    ) -> Result<Option<Response>, SendFault> {
        let mut chores = Chores::new(self.api.config.silence());
        loop {
            tokio::select! {
                response = &mut head => return response.map(Some).map_err(|error| SendFault::of(&error)),
                () = chores.due() => {}
                signal = next_signal(&mut self.signals) => {
                    signalled(&mut self.teller, signal).await;
                    continue;
                }
            }
            if self.chore(&mut chores).await {
                return Ok(None);
            }
        }
    }

    async fn answer(&mut self, response: Response) -> Ended {
        let status = response.status().as_u16();
        let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type =
            media_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_lowercase();
        let mut body = ByteStream::new(response);
        let mut shape = Shape::Open(BytesMut::new());
        let mut chores = Chores::new(self.api.config.silence());
        loop {
            let chunk = tokio::select! {
                chunk = body.next(Duration::from_secs(86_400)) => Some(chunk),
                () = chores.due() => None,
                signal = next_signal(&mut self.signals) => {
                    signalled(&mut self.teller, signal).await;
                    continue;
                }
            };
            match chunk {
                Some(Ok(Some(bytes))) => {
                    if let Err(failure) = self.take(&bytes, &mut shape, status).await {
                        return Ended::Broken(failure);
                    }
                    let quiet =
                        if self.parser.last_was_error() { AFTER_ERROR } else { self.api.config.silence() };
                    chores.heard(quiet);
                }
                Some(Ok(None)) => return self.whole(shape, status, &media_type).await,
                Some(Err(StreamFault::Broken(failure) | StreamFault::Silent(failure))) => {
                    self.rest(&mut shape).await;
                    return Ended::Broken(failure);
                }
                None => {
                    if self.chore(&mut chores).await {
                        self.rest(&mut shape).await;
                        return Ended::Overtaken;
                    }
                }
            }
        }
    }

    /// Takes a chunk: as lines, once the first line has told that it is a stream.
    async fn take(&mut self, bytes: &[u8], shape: &mut Shape, status: u16) -> Result<(), Failure> {
        if let Shape::Open(buffer) = shape {
            buffer.extend_from_slice(bytes);
            if buffer.len() > CAP {
                return Err(Failure::new(
                    ErrorCode::PeerAnswerTooLarge,
                    format!("The answer is larger than {} MiB.", CAP / (1024 * 1024)),
                ));
            }
            let first = buffer[..]
                .split(|byte: &u8| *byte == b'\n')
                .find(|line| !line.iter().all(u8::is_ascii_whitespace));
            let told = buffer.contains(&b'\n') && first.is_some_and(Frame::is_known) && status < 300;
            if !told {
                return Ok(());
            }
            let mut decoder = JsonLinesDecoder::new(Limits::default());
            decoder.push(buffer);
            *shape = Shape::Lines(decoder);
        } else if let Shape::Lines(decoder) = shape {
            decoder.push(bytes);
        }
        if let Shape::Lines(decoder) = shape {
            let mut drafts = Vec::new();
            for line in decoder.by_ref() {
                match line {
                    Ok(line) => drafts.extend(self.parser.frame(&line.bytes)),
                    Err(fault) => {
                        drafts.push(Draft::new(jackfield_protocol::event::EventBody::Raw(fault.into_raw())))
                    }
                }
            }
            self.teller.tell_all(drafts).await;
        }
        Ok(())
    }

    /// What a stream held back.
    async fn rest(&mut self, shape: &mut Shape) {
        if let Shape::Lines(decoder) = shape {
            let mut drafts = match decoder.finish() {
                Some(Ok(line)) => self.parser.frame(&line.bytes),
                Some(Err(fault)) => {
                    vec![Draft::new(jackfield_protocol::event::EventBody::Raw(fault.into_raw()))]
                }
                None => Vec::new(),
            };
            drafts.extend(self.parser.flush());
            self.teller.tell_all(drafts).await;
        }
    }

    async fn whole(&mut self, mut shape: Shape, status: u16, media_type: &str) -> Ended {
        self.rest(&mut shape).await;
        let Shape::Open(body) = shape else { return Ended::Whole };
        let body = body.freeze();
        if status >= 300 {
            return match plain::refusal(status, &body, &self.entry) {
                Refusal::NotStarted(failure) => Ended::Refused(failure),
                Refusal::MayHaveRun(failure) => Ended::Broken(failure),
            };
        }
        if Frame::is_known(&body) {
            let drafts = self.parser.frame(&body);
            self.teller.tell_all(drafts).await;
            return Ended::Whole;
        }
        match plain::read(media_type, body, &self.teller.redact) {
            Plain::None => {}
            Plain::Started(id) => self.identify(id).await,
            Plain::Drafts(drafts) => self.teller.tell_all(drafts).await,
        }
        Ended::Whole
    }

    /// One chore between two chunks: search the execution, look at it live, or ask whether it has overtaken a silent
    /// answer. True when it has.
    async fn chore(&mut self, chores: &mut Chores) -> bool {
        let Some(id) = self.execution.clone() else {
            chores.searched();
            if let Some(locator) = &mut self.locator {
                match locator.look(&self.api).await {
                    Ok(Some(execution)) => self.identify(execution.id()).await,
                    Ok(None) => {}
                    Err(failure) => {
                        tracing::debug!(run = %self.request.run_id, %failure, "the own execution could not be searched")
                    }
                }
            }
            return self.locator.is_none() && chores.is_silent() && self.parser.last_was_error();
        };
        chores.looked(self.live);
        let silent = chores.is_silent();
        if !self.live && !silent {
            return false;
        }
        chores.asked();
        let began = Instant::now();
        let answer = self.api.execution(&id, self.live).await;
        chores.cost(began.elapsed());
        let Ok(Some(value)) = answer else { return false };
        let Some(execution) = Execution::of(value) else { return false };
        let over = execution.has_ended() || execution.status() == Status::Waiting;
        if self.live && !over {
            self.teller.steps(&self.api, &execution).await;
        }
        // The answer of an ended execution may still be on its way: it has the word as long as it speaks.
        over && silent
    }

    async fn identify(&mut self, id: String) {
        if self.execution.is_none() {
            self.teller.identified(&id).await;
            self.execution = Some(id);
        }
    }

    /// n8n's own record decides; without one the answer is taken as it looks, and marked so.
    async fn verdict(mut self, ended: Ended) -> AttemptEnd {
        let (api, signals) = (self.api.clone(), &mut self.signals);
        match &ended {
            Ended::Refused(failure) => return not_started(self.teller, failure.clone()).await,
            Ended::Broken(failure) if failure.peer_status.is_none() => {
                return AttemptEnd::Lost(failure.clone());
            }
            _ => {}
        }
        if self.execution.is_none()
            && let Some(locator) = &mut self.locator
        {
            let until = Instant::now() + api.config.search_window();
            while Instant::now() < until {
                match locator.look(&api).await {
                    Ok(Some(execution)) => {
                        self.teller.identified(&execution.id()).await;
                        self.execution = Some(execution.id());
                        break;
                    }
                    Ok(None) => tokio::time::sleep(Duration::from_millis(300)).await,
                    Err(failure)
                        if matches!(
                            failure.code,
                            ErrorCode::PeerUnauthorized | ErrorCode::PeerScopeMissing
                        ) =>
                    {
                        break;
                    }
                    Err(failure) => return lost_or_refused(&mut self.teller, failure).await,
                }
            }
        }
        if let Some(id) = self.execution.clone() {
            let session = input::session(&self.request);
            match follow(&api, &id, &session, &mut self.teller, signals).await {
                Followed::End(end) => return end,
                Followed::Failed(failure)
                    if !matches!(failure.code, ErrorCode::PeerUnauthorized | ErrorCode::PeerScopeMissing) =>
                {
                    return AttemptEnd::Lost(failure);
                }
                Followed::Failed(_) | Followed::Gone => {}
            }
        }
        self.unverified(ended).await
    }

    async fn unverified(mut self, ended: Ended) -> AttemptEnd {
        let drafts = self.parser.finish();
        self.teller.tell_all(drafts).await;
        let why = if self.api.config.has_key() {
            "n8n has no record of it"
        } else {
            "without an API key there is no record to ask"
        };
        let failed = match ended {
            Ended::Broken(failure) => Some(failure),
            _ if self.parser.last_was_error() => {
                let said = self
                    .teller
                    .seen
                    .errors
                    .last()
                    .map_or_else(|| "no reason given".to_owned(), |error| error.message.clone());
                Some(Failure::new(
                    ErrorCode::WorkflowFailed,
                    format!("The stream ended with an error: {said}"),
                ))
            }
            _ => None,
        };
        let (outcome, reason) = match failed {
            Some(failure) => {
                let reason = format!("{} ({why})", failure.message);
                self.teller.tell(Draft::new(failure.into_event(true, false))).await;
                (Outcome::Failed, reason)
            }
            None => (Outcome::Succeeded, format!("The answer came whole; {why}.")),
        };
        AttemptEnd::Done(Done {
            outcome,
            verdict: Verdict::Unverified,
            reason: Some(reason),
            answer: Vec::new(),
            duration_ms: None,
            usage: None,
        })
    }
}

/// When to do what beside reading.
struct Chores {
    next: Instant,
    wait: Duration,
    silent_at: Instant,
    quiet: Duration,
}

impl Chores {
    fn new(silence: Duration) -> Self {
        let now = Instant::now();
        Self { next: now + SEARCH.0, wait: SEARCH.0, silent_at: now + silence, quiet: silence }
    }

    async fn due(&self) {
        sleep_until(self.next).await;
    }

    fn heard(&mut self, quiet: Duration) {
        self.quiet = quiet;
        self.silent_at = Instant::now() + quiet;
        if quiet < Duration::from_secs(5) {
            self.next = self.next.min(self.silent_at);
        }
    }

    fn is_silent(&self) -> bool {
        Instant::now() >= self.silent_at
    }

    fn searched(&mut self) {
        self.wait = (self.wait * 3 / 2).min(SEARCH.1);
        self.next = Instant::now() + self.wait;
    }

    fn looked(&mut self, live: bool) {
        self.next = if live {
            Instant::now() + LIVE
        } else {
            self.silent_at.max(Instant::now() + Duration::from_millis(500))
        };
    }

    /// A record grows with the run: looks that take long are made more rarely.
    fn cost(&mut self, took: Duration) {
        self.next = self.next.max(Instant::now() + took * RARER);
    }

    /// Asked because of silence: ask again only after a while.
    fn asked(&mut self) {
        if self.is_silent() {
            self.next = Instant::now() + Duration::from_secs(2);
        }
    }
}
