//! Reads a run's events from the hub, each once and in order, whatever happens to the connection.

use std::time::Duration;

use jackfield_protocol::{
    api::Problem,
    error::{ErrorCode, Failure},
    event::StreamEvent,
    frame::{Limits, SseDecoder, SseFrame},
    ids::{RunId, Seq},
};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use crate::client::Client;

/// The hub sends a comment when it has nothing to say; a longer silence is a dead connection.
const SILENCE: Duration = Duration::from_secs(45);
/// First and longest pause between two attempts.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(3));
/// Events between the connection and the terminal.
const BUFFER: usize = 256;

/// One event as the hub sent it.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// The envelope, unchanged.
    pub(crate) raw: String,
    /// The envelope, read; `None`: of a type that this version does not know.
    pub(crate) event: Option<StreamEvent>,
}

/// News of the stream.
#[derive(Debug)]
pub(crate) enum Followed {
    /// The next event.
    Event(Box<Received>),
    /// The connection to the hub is gone; it is being made again.
    Lost(Failure),
    /// The connection to the hub is there again.
    Back,
    /// It cannot be read any further.
    Failed(Failure),
}

/// A reader of one run; its task ends with it.
#[derive(Debug)]
pub(crate) struct Follower {
    receiver: mpsc::Receiver<Followed>,
    task: JoinHandle<()>,
}

impl Follower {
    /// Follows a run after `after`, and gives up when the hub is away for longer than `patience`.
    pub(crate) fn start(client: Client, run: RunId, after: Seq, patience: Duration) -> Self {
        let (sender, receiver) = mpsc::channel(BUFFER);
        let reader = Reader { client, run, after, patience, sender };
        Self { receiver, task: tokio::spawn(reader.read()) }
    }

    /// The next news; `None` after the run's last event.
    pub(crate) async fn next(&mut self) -> Option<Followed> {
        self.receiver.recv().await
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Reader {
    client: Client,
    run: RunId,
    after: Seq,
    patience: Duration,
    sender: mpsc::Sender<Followed>,
}

/// How one connection ended.
enum End {
    /// With the run's last event, or because nobody listens any more.
    Over,
    /// Too early.
    Lost(Failure),
}

impl Reader {
    async fn read(mut self) {
        let mut lost_since: Option<Instant> = None;
        let mut pause = BACKOFF.0;
        loop {
            let failure = match self.client.open_events(self.run, self.after).await {
                // The run's last event was the last we saw.
                Ok(None) => return,
                Ok(Some(response)) => {
                    if lost_since.take().is_some() && self.sender.send(Followed::Back).await.is_err() {
                        return;
                    }
                    let before = self.after;
                    match self.connection(response).await {
                        End::Over => return,
                        End::Lost(failure) => {
                            if self.after > before {
                                pause = BACKOFF.0;
                            }
                            failure
                        }
                    }
                }
                Err(failure) => failure,
            };
            let news = lost_since.is_none();
            let since = *lost_since.get_or_insert_with(Instant::now);
            if !may_return(failure.code) || since.elapsed() + pause > self.patience {
                let _ = self.sender.send(Followed::Failed(failure)).await;
                return;
            }
            if news && self.sender.send(Followed::Lost(failure)).await.is_err() {
                return;
            }
            sleep(pause.mul_f64(0.75 + fastrand::f64() / 2.0)).await;
            pause = (pause * 2).min(BACKOFF.1);
        }
    }

    async fn connection(&mut self, mut response: reqwest::Response) -> End {
        let mut decoder = SseDecoder::new(Limits::default());
        loop {
            let chunk = match timeout(SILENCE, response.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => return self.lost("it was closed before the run's last event"),
                Ok(Err(_)) => return self.lost("it broke"),
                Err(_) => return self.lost(&format!("nothing came for {} s", SILENCE.as_secs())),
            };
            decoder.push(&chunk);
            for frame in decoder.by_ref() {
                let event = match frame {
                    Ok(SseFrame::Event(event)) => event,
                    Ok(SseFrame::Comment(_)) => continue,
                    Err(fault) => return self.lost(&fault.to_string()),
                };
                // Without an id it is no event of the log: the hub says why it stops here.
                if event.name() == "problem" {
                    let why = serde_json::from_str::<Problem>(&event.data).map(|problem| problem.detail);
                    return self
                        .lost(why.as_deref().unwrap_or("it ended with a problem").trim_end_matches('.'));
                }
                let Some(seq) = event.id.as_deref().and_then(|id| id.parse::<Seq>().ok()) else { continue };
                if seq <= self.after {
                    continue;
                }
                if seq != self.after + 1 {
                    return self.lost(&format!("event {} was left out", self.after + 1));
                }
                let last = event.name() == "done";
                let read = serde_json::from_str(&event.data).ok();
                let received = Received { raw: event.data, event: read };
                self.after = seq;
                if self.sender.send(Followed::Event(Box::new(received))).await.is_err() || last {
                    return End::Over;
                }
            }
        }
    }

    fn lost(&self, why: &str) -> End {
        End::Lost(
            Failure::new(
                ErrorCode::PeerConnectionLost,
                format!("The connection to the hub at {} is gone: {why}.", self.client.base()),
            )
            .hint(format!("The run goes on without us: jackfield runs follow {}", self.run)),
        )
    }
}

/// Whether a new attempt can change anything.
fn may_return(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::PeerUnreachable
            | ErrorCode::PeerConnectTimeout
            | ErrorCode::PeerConnectionLost
            | ErrorCode::PeerNotPlatform
            | ErrorCode::ShuttingDown
            | ErrorCode::Storage
            | ErrorCode::Internal
    )
}
