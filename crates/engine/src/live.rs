//! A run that goes on: how far its log reaches, the newest of it, and the way to tell its task something.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_channel::mpsc as signals;
use jackfield_protocol::{
    error::Failure,
    event::{EventBody, InputRequired, StreamEvent},
    ids::{BackendId, InputRequestId, RunId, Seq},
    model::{CancelReport, InputAnswer, Run, RunStatus},
    port::Signal,
};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use crate::EngineConfig;

/// How far a log reaches.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Head {
    /// Number of the last committed event.
    pub(crate) seq: Seq,
    /// Nothing more comes from this task: the run has ended, or the hub stops.
    pub(crate) closed: bool,
}

/// What a run's task can be told.
pub(crate) enum Command {
    /// Stop the run.
    Cancel(oneshot::Sender<Result<CancelReport, Failure>>),
    /// Answer a question.
    Answer(InputRequestId, InputAnswer, oneshot::Sender<Result<(), Failure>>),
}

/// A committed event with about how many bytes it has.
pub(crate) struct Kept {
    pub(crate) event: Arc<StreamEvent>,
    pub(crate) size: usize,
}

/// The newest events of a log, bounded in number and bytes.
#[derive(Default)]
struct Tail {
    events: VecDeque<Kept>,
    bytes: usize,
}

/// The open questions of a log, in its order.
#[derive(Default)]
pub(crate) struct Questions(Vec<(InputRequired, Timestamp)>);

impl Questions {
    pub(crate) fn apply(&mut self, event: &StreamEvent) {
        match &event.body {
            EventBody::InputRequired(question) => self.0.push((question.clone(), event.timestamp)),
            EventBody::InputResolved(resolved) => {
                self.0.retain(|(question, _)| question.request_id != resolved.request_id);
            }
            _ => {}
        }
    }
}

/// A run that goes on.
pub(crate) struct LiveRun {
    pub(crate) id: RunId,
    pub(crate) backend_id: BackendId,
    pub(crate) head: watch::Sender<Head>,
    pub(crate) commands: mpsc::Sender<Command>,
    status: Mutex<RunStatus>,
    questions: Mutex<Questions>,
    tail: Mutex<Tail>,
    tail_events: usize,
    tail_bytes: usize,
    signals: Mutex<Option<signals::Sender<Signal>>>,
}

impl LiveRun {
    pub(crate) fn new(run: &Run, config: &EngineConfig) -> (Arc<Self>, mpsc::Receiver<Command>) {
        let (commands, receiver) = mpsc::channel(16);
        let live = Self {
            id: run.id,
            backend_id: run.backend_id,
            head: watch::Sender::new(Head { seq: run.last_seq, closed: false }),
            commands,
            status: Mutex::new(run.status),
            questions: Mutex::default(),
            tail: Mutex::default(),
            tail_events: config.tail_events,
            tail_bytes: config.tail_bytes,
            signals: Mutex::new(None),
        };
        (Arc::new(live), receiver)
    }

    /// Called after the commit, never before: the tail holds nothing that is not in the log.
    pub(crate) fn committed(&self, events: Vec<Kept>, status: RunStatus) {
        *lock(&self.status) = status;
        let Some(last) = events.last().map(|kept| kept.event.seq) else { return };
        {
            let mut questions = lock(&self.questions);
            events.iter().for_each(|kept| questions.apply(&kept.event));
        }
        {
            let mut tail = lock(&self.tail);
            tail.bytes += events.iter().map(|kept| kept.size).sum::<usize>();
            tail.events.extend(events);
            while tail.events.len() > self.tail_events || tail.bytes > self.tail_bytes {
                let Some(oldest) = tail.events.pop_front() else { break };
                tail.bytes -= oldest.size;
            }
        }
        self.head.send_modify(|head| head.seq = last);
    }

    /// What an earlier hub's part of the log leaves open.
    pub(crate) fn set_questions(&self, questions: Questions) {
        *lock(&self.questions) = questions;
    }

    /// What the log asks and nobody has answered, with since when.
    pub(crate) fn questions(&self) -> Vec<(InputRequired, Timestamp)> {
        lock(&self.questions).0.clone()
    }

    /// Whether the run may end soon: it neither waits for somebody nor looks for its peer.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(*lock(&self.status), RunStatus::Queued | RunStatus::Running)
    }

    pub(crate) fn close(&self) {
        self.head.send_modify(|head| head.closed = true);
    }

    /// The committed events after `after`, if memory still holds all of them; else the store has them.
    pub(crate) fn after(&self, after: Seq) -> Option<Vec<Arc<StreamEvent>>> {
        let tail = lock(&self.tail);
        let first = tail.events.front()?.event.seq;
        let skip = usize::try_from((after + 1).checked_sub(first)?).ok()?;
        Some(tail.events.iter().skip(skip).map(|kept| kept.event.clone()).collect())
    }

    /// A new channel for the next attempt; the one before is closed.
    pub(crate) fn new_signals(&self) -> signals::Receiver<Signal> {
        let (sender, receiver) = signals::channel(256);
        *lock(&self.signals) = Some(sender);
        receiver
    }

    /// Tells the backend something; false when nobody listens or the channel is full.
    pub(crate) fn signal(&self, signal: Signal) -> bool {
        lock(&self.signals).as_mut().is_some_and(|sender| sender.try_send(signal).is_ok())
    }
}

/// A lock whose holders cannot leave it in a wrong state: a panic of one is no reason for others to stop.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
