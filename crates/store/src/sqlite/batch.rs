//! A batch of events in the form in which it is stored.

use jackfield_protocol::{
    event::{EventBody, StreamEvent},
    ids::{RunId, Seq},
    model::RunStatus,
    port::{Append, StoreError, StoreResult},
};
use zeroize::Zeroizing;

use super::rows::{integer, time, to_json};

/// A batch in the form in which it is stored. Made before it is queued, so that the one writer has less to do.
pub(super) struct Batch {
    pub(super) run_id: String,
    pub(super) attempt: u32,
    pub(super) first: Option<i64>,
    pub(super) events: Vec<EventRow>,
    pub(super) status: Option<RunStatus>,
    pub(super) done: Option<String>,
    pub(super) ended_at: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) checkpoint: Option<Zeroizing<Vec<u8>>>,
}

pub(super) struct EventRow {
    pub(super) seq: i64,
    pub(super) kind: &'static str,
    pub(super) timestamp: String,
    pub(super) json: String,
}

impl Batch {
    /// Checks what can be checked without the log.
    ///
    /// # Errors
    /// `WrongSeq` when the events are not contiguous, `RunEnded` when one follows `done`, `Conflict` when an event
    /// is another run's or the status is one that only `done` may give.
    pub(super) fn new(append: Append) -> StoreResult<Self> {
        let Append { run_id, attempt, events, checkpoint, status } = append;
        if status.is_some_and(RunStatus::has_ended)
            && !events.iter().any(|event| matches!(event.body, EventBody::Done(_)))
        {
            return Err(StoreError::Conflict("Only a done event ends a run.".to_owned()));
        }
        let mut batch = Self {
            run_id: run_id.to_string(),
            attempt,
            first: events.first().map(|event| integer(event.seq)).transpose()?,
            events: Vec::with_capacity(events.len()),
            status,
            done: None,
            ended_at: None,
            external_id: None,
            checkpoint: None,
        };
        let mut expected = events.first().map_or(0, |event| event.seq);
        for event in &events {
            batch.push(run_id, event, expected)?;
            expected = expected.saturating_add(1);
        }
        if let Some(checkpoint) = checkpoint {
            let json = serde_json::to_vec(&checkpoint)
                .map_err(|error| StoreError::Io(format!("a checkpoint has no JSON form: {error}")))?;
            batch.checkpoint = Some(Zeroizing::new(json));
            batch.external_id = checkpoint.external_id;
        }
        Ok(batch)
    }

    fn push(&mut self, run_id: RunId, event: &StreamEvent, expected: Seq) -> StoreResult<()> {
        if self.done.is_some() {
            return Err(StoreError::RunEnded);
        }
        if event.run_id != run_id {
            return Err(StoreError::Conflict(format!(
                "An event of the run {} was given to the run {run_id}.",
                event.run_id
            )));
        }
        if event.seq != expected || event.seq == 0 {
            return Err(StoreError::WrongSeq { given: event.seq, expected: expected.max(1) });
        }
        let timestamp = time(event.timestamp);
        if let EventBody::Done(done) = &event.body {
            self.status = Some(done.outcome.into());
            self.done = Some(to_json(done)?);
            self.ended_at = Some(timestamp.clone());
        }
        self.events.push(EventRow {
            seq: integer(event.seq)?,
            kind: event.body.kind(),
            timestamp,
            json: to_json(event)?,
        });
        Ok(())
    }
}
