//! What comes out of a backend while it works on a run, and a way to write it as one async function.

use std::{
    collections::BTreeMap,
    pin::Pin,
    task::{Context, Poll},
};

use futures_channel::mpsc;
use futures_core::{Stream, future::BoxFuture, stream::BoxStream};
use futures_util::SinkExt as _;
use jiff::Timestamp;
use serde_json::Value;

use super::Checkpoint;
use crate::{
    error::Failure,
    event::{Done, Draft},
    ids::InputRequestId,
};

/// One thing that a backend says about a run.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly all progress is of the large variant")]
pub enum Progress {
    /// An event, to be stamped, checked and logged.
    Draft(Draft),
    /// From here on the run can be found again with this. Replaces the one before.
    Checkpoint(Checkpoint),
    /// The attempt is over; nothing follows.
    End(AttemptEnd),
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub enum AttemptEnd {
    /// The run has ended; the engine closes what is still open and writes `done`.
    Done(Done),
    /// The request provably never reached the peer: it may be sent again.
    NotSent(Failure),
    /// The connection to the peer is gone, but the run may go on there: resume it.
    Lost(Failure),
}

/// What the engine tells a backend while it works on a run. A closed channel means nothing: go on.
#[derive(Debug, Clone, PartialEq)]
pub enum Signal {
    /// A question was just answered through [`super::BackendClient::answer_input`]: look at once what follows.
    Answered(InputRequestId),
    /// The peer's own telemetry reported a finished span of this run's trace (trace id = run id).
    Span(SpanRecord),
}

/// The reading end of the engine's signals.
pub type Signals = mpsc::Receiver<Signal>;

/// A finished OpenTelemetry span, as far as backends need it.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanRecord {
    /// Its id, 16 hexadecimal digits.
    pub span_id: String,
    /// The enclosing span's id; empty for a root.
    pub parent_span_id: String,
    /// Name, for n8n `workflow.execute` or `node.execute`.
    pub name: String,
    /// Begin.
    pub started_at: Timestamp,
    /// End.
    pub ended_at: Timestamp,
    /// Attributes, scalars and arrays only.
    pub attributes: BTreeMap<String, Value>,
    /// The error message, when the span ended in an error.
    pub error: Option<String>,
}

/// The stream of one attempt. A stream that ends without [`Progress::End`] counts as lost.
pub type ProgressStream = BoxStream<'static, Progress>;

/// The writing end for [`progress_stream`].
#[derive(Debug, Clone)]
pub struct Reporter {
    sender: mpsc::Sender<Progress>,
}

impl Reporter {
    /// Hands on one draft; waits while the reader is behind (at most [`BUFFER`] drafts are kept).
    pub async fn draft(&mut self, draft: Draft) {
        self.send(Progress::Draft(draft)).await;
    }

    /// Hands on several drafts.
    pub async fn drafts(&mut self, drafts: impl IntoIterator<Item = Draft>) {
        for draft in drafts {
            self.draft(draft).await;
        }
    }

    /// Hands on a checkpoint.
    pub async fn checkpoint(&mut self, checkpoint: Checkpoint) {
        self.send(Progress::Checkpoint(checkpoint)).await;
    }

    async fn send(&mut self, progress: Progress) {
        // The receiver lives in the same stream as the future that sends: it cannot be gone while we run.
        let _ = self.sender.send(progress).await;
    }
}

/// How many drafts wait between a backend and the engine before the backend is made to wait.
pub const BUFFER: usize = 64;

/// Makes a stream out of one async function. Nothing is spawned: the function runs while the stream is
/// polled, and ends where it stands when the stream is dropped.
pub fn progress_stream<F, Fut>(work: F) -> ProgressStream
where
    F: FnOnce(Reporter) -> Fut,
    Fut: Future<Output = AttemptEnd> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(BUFFER);
    Box::pin(Running { work: Some(Box::pin(work(Reporter { sender }))), receiver, end: None })
}

struct Running {
    work: Option<BoxFuture<'static, AttemptEnd>>,
    receiver: mpsc::Receiver<Progress>,
    end: Option<AttemptEnd>,
}

impl Stream for Running {
    type Item = Progress;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Progress>> {
        if let Some(work) = self.work.as_mut()
            && let Poll::Ready(end) = work.as_mut().poll(context)
        {
            self.work = None;
            self.end = Some(end);
        }
        match Pin::new(&mut self.receiver).poll_next(context) {
            Poll::Ready(Some(progress)) => Poll::Ready(Some(progress)),
            // The last sender went with the work: everything that was sent has been read.
            Poll::Ready(None) => Poll::Ready(self.end.take().map(Progress::End)),
            Poll::Pending => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;
    use crate::{
        event::{Delta, EventBody, Outcome},
        model::Verdict,
    };

    fn done() -> Done {
        Done {
            outcome: Outcome::Succeeded,
            verdict: Verdict::Verified,
            reason: None,
            answer: Vec::new(),
            duration_ms: None,
            usage: None,
        }
    }

    #[test]
    fn everything_arrives_in_order_and_the_end_is_last() {
        let stream = progress_stream(|mut reporter| async move {
            for n in 0..1000 {
                reporter.draft(Draft::new(EventBody::Delta(Delta::text(n.to_string())))).await;
            }
            AttemptEnd::Done(done())
        });
        let all: Vec<Progress> = futures_executor(stream.collect());
        assert_eq!(all.len(), 1001);
        assert_eq!(all[999], Progress::Draft(Draft::new(EventBody::Delta(Delta::text("999")))));
        assert_eq!(all[1000], Progress::End(AttemptEnd::Done(done())));
    }

    /// A waker that does nothing is enough: the stream never waits for anything outside itself.
    fn futures_executor<F: Future>(future: F) -> F::Output {
        let mut future = std::pin::pin!(future);
        let mut context = Context::from_waker(std::task::Waker::noop());
        for _ in 0..100_000 {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
        }
        panic!("the future did not end");
    }
}
