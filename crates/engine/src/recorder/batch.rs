//! Events that are committed together.

use std::sync::Arc;

use jackfield_protocol::{
    event::{Done, EventBody, StreamEvent},
    ids::{RunId, Seq},
    model::RunStatus,
    port::{Append, Checkpoint, Store, StoreError},
};

use super::large::Large;

/// Events with what belongs to them: one transaction, all or nothing.
#[derive(Default)]
pub(super) struct Batch {
    /// Contiguous, each with its size in bytes.
    pub(super) events: Vec<(StreamEvent, usize)>,
    pub(super) checkpoint: Option<Checkpoint>,
    pub(super) status: Option<RunStatus>,
    /// Of everything in it, blobs included.
    pub(super) bytes: usize,
    /// It was given to the store before, which reported a failure.
    pub(super) tried: bool,
    large: Vec<(usize, Large)>,
}

/// What became of a batch.
pub(super) struct Written {
    pub(super) batch: Batch,
    pub(super) result: Result<(), StoreError>,
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.checkpoint.is_none()
    }

    /// Payloads of the last event, to be put into blobs before the event is committed.
    pub(super) fn keep_large(&mut self, large: Vec<Large>) {
        let Some(at) = self.events.len().checked_sub(1) else { return };
        self.bytes += large.iter().map(Large::size).sum::<usize>();
        self.large.extend(large.into_iter().map(|large| (at, large)));
    }

    /// The number after its last event.
    pub(super) fn next_seq(&self) -> Option<Seq> {
        self.events.last().map(|(event, _)| event.seq + 1)
    }

    /// Its `done`.
    pub(super) fn done(&self) -> Option<&Done> {
        self.events.last().and_then(|(event, _)| match &event.body {
            EventBody::Done(done) => Some(done),
            _ => None,
        })
    }

    /// Puts the large values into blobs, then commits. Can be done again after a failure: blobs that were kept are
    /// not kept twice.
    pub(super) async fn write(mut self, store: Arc<dyn Store>, run_id: RunId, attempt: u32) -> Written {
        while let Some((at, large)) = self.large.last() {
            match store.put_blob(Some(run_id), &large.blob).await {
                Ok(id) => {
                    if let Some((event, _)) = self.events.get_mut(*at) {
                        large.refer(&mut event.body, id);
                    }
                    self.large.pop();
                }
                Err(error) => return Written { batch: self, result: Err(error) },
            }
        }
        let append = Append {
            run_id,
            attempt,
            events: self.events.iter().map(|(event, _)| event.clone()).collect(),
            checkpoint: self.checkpoint.clone(),
            status: self.status,
        };
        let result = store.append(append).await;
        Written { batch: self, result }
    }
}
