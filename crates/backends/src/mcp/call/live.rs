//! Calls that go on: whoever stops or answers one finds it here.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jackfield_protocol::{
    ids::{InputRequestId, RunId},
    model::InputAnswer,
};
use tokio_util::sync::CancellationToken;

/// Most stopped calls that are remembered.
const REMEMBERED: usize = 1000;

/// The calls of one backend.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    live: HashMap<RunId, (u64, CancellationToken, CancellationToken)>,
    next: u64,
    stopped: VecDeque<RunId>,
    answers: HashMap<(RunId, InputRequestId), InputAnswer>,
}

impl Calls {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a call among the live ones until the guard is dropped.
    pub(super) fn list(&self, run: RunId, stop: CancellationToken) -> Listed {
        let ended = CancellationToken::new();
        let mut inner = self.inner();
        inner.next += 1;
        let number = inner.next;
        inner.live.insert(run, (number, stop, ended.clone()));
        Listed { calls: self.clone(), run, number, ended }
    }

    /// Stops a call; gives what tells that it has ended here. `None`: it does not go on here.
    pub(crate) fn stop(&self, run: RunId) -> Option<CancellationToken> {
        let mut inner = self.inner();
        if inner.stopped.len() == REMEMBERED {
            inner.stopped.pop_front();
        }
        inner.stopped.push_back(run);
        let (_, stop, ended) = inner.live.get(&run)?;
        stop.cancel();
        Some(ended.clone())
    }

    /// Whether somebody stopped it: it must not be sent again then.
    pub(super) fn was_stopped(&self, run: RunId) -> bool {
        self.inner().stopped.contains(&run)
    }

    /// Keeps an answer until the call fetches it.
    pub(crate) fn answer(&self, run: RunId, question: &InputRequestId, answer: InputAnswer) {
        self.inner().answers.insert((run, question.clone()), answer);
    }

    /// An answer, once.
    pub(super) fn take_answer(&self, run: RunId, question: &InputRequestId) -> Option<InputAnswer> {
        self.inner().answers.remove(&(run, question.clone()))
    }
}

/// A call among the live ones.
#[derive(Debug)]
pub(super) struct Listed {
    calls: Calls,
    run: RunId,
    number: u64,
    ended: CancellationToken,
}

impl Listed {
    /// It has ended here.
    pub(super) fn ended(&self) {
        self.ended.cancel();
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.ended.cancel();
        let mut inner = self.calls.inner();
        if inner.live.get(&self.run).is_some_and(|(number, ..)| *number == self.number) {
            inner.live.remove(&self.run);
            inner.answers.retain(|(run, _), _| *run != self.run);
        }
    }
}
