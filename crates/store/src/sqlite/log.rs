//! The log of a run: appended to by its current attempt only, read by anybody.

use std::sync::{Arc, LazyLock};

use jackfield_protocol::{
    event::{EventBody, StreamEvent},
    ids::{RunId, Seq},
    model::RunStatus,
    port::{Append, Checkpoint, StoreError, StoreResult},
};
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};
use zeroize::Zeroizing;

use super::{
    error::io,
    rows::{integer, number, text, text_opt, time, to_json},
    writer::Work,
};
use crate::vault::Vault;

/// How many events one statement inserts; a batch is cut into these, so that a few prepared statements do.
const ROWS: [usize; 3] = [32, 8, 1];

static INSERTS: LazyLock<[Arc<str>; 3]> = LazyLock::new(|| {
    ROWS.map(|rows| {
        let values = vec!["(?, ?, ?, ?, ?)"; rows].join(", ");
        format!("INSERT INTO run_events (run_id, seq, type, timestamp, event) VALUES {values}").into()
    })
});

/// A batch in the form in which it is stored. Made before it is queued, so that the one writer has less to do.
pub(super) struct Batch {
    run_id: String,
    attempt: u32,
    first: Option<i64>,
    events: Vec<EventRow>,
    status: Option<RunStatus>,
    done: Option<String>,
    ended_at: Option<String>,
    external_id: Option<String>,
    checkpoint: Option<Zeroizing<Vec<u8>>>,
}

struct EventRow {
    seq: i64,
    kind: &'static str,
    timestamp: String,
    json: String,
}

/// Where the checkpoint of a run is stored; what it is sealed for.
pub(super) fn checkpoint_place(run_id: &str) -> [&str; 3] {
    ["runs", run_id, "checkpoint"]
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

pub(super) fn append(vault: Arc<Vault>, batch: Batch) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            move_head(connection, &vault, &batch).await?;
            insert(connection, &batch).await
        })
    })
}

/// One statement checks and moves: nothing can come between.
async fn move_head(connection: &mut SqliteConnection, vault: &Vault, batch: &Batch) -> StoreResult<()> {
    let sealed = match &batch.checkpoint {
        Some(checkpoint) => Some(vault.seal(&checkpoint_place(&batch.run_id), checkpoint)?),
        None => None,
    };
    let (key_id, sealed) = sealed.map(|sealed| (sealed.key_id, sealed.bytes)).unzip();
    let moved = sqlx::query(
        "UPDATE runs SET last_seq = last_seq + ?1, status = coalesce(?2, status), done = ?3, ended_at = ?4, \
         external_id = coalesce(?5, external_id), checkpoint_key_id = coalesce(?6, checkpoint_key_id), \
         checkpoint = coalesce(?7, checkpoint) \
         WHERE id = ?8 AND attempt = ?9 AND done IS NULL AND (?10 IS NULL OR last_seq = ?10 - 1)",
    )
    .bind(integer(batch.events.len() as u64)?)
    .bind(batch.status.map(RunStatus::as_str))
    .bind(&batch.done)
    .bind(&batch.ended_at)
    .bind(&batch.external_id)
    .bind(key_id)
    .bind(sealed)
    .bind(&batch.run_id)
    .bind(batch.attempt)
    .bind(batch.first)
    .execute(&mut *connection)
    .await
    .map_err(io)?;
    if moved.rows_affected() == 1 { Ok(()) } else { Err(refusal(connection, batch).await?) }
}

/// Why the head did not move.
async fn refusal(connection: &mut SqliteConnection, batch: &Batch) -> StoreResult<StoreError> {
    let row = sqlx::query("SELECT attempt, last_seq, done IS NOT NULL AS ended FROM runs WHERE id = ?")
        .bind(&batch.run_id)
        .fetch_optional(connection)
        .await
        .map_err(io)?;
    let Some(row) = row else { return Ok(StoreError::NotFound("run")) };
    let current: u32 = number(&row, "attempt")?;
    if current != batch.attempt {
        return Ok(StoreError::StaleAttempt { given: batch.attempt, current });
    }
    if row.try_get("ended").map_err(io)? {
        return Ok(StoreError::RunEnded);
    }
    let last: Seq = number(&row, "last_seq")?;
    let given = batch.first.and_then(|first| Seq::try_from(first).ok()).unwrap_or_default();
    Ok(StoreError::WrongSeq { given, expected: last + 1 })
}

async fn insert(connection: &mut SqliteConnection, batch: &Batch) -> StoreResult<()> {
    let mut rest = batch.events.as_slice();
    for (rows, sql) in ROWS.into_iter().zip(INSERTS.iter()) {
        while let Some((chunk, after)) = rest.split_at_checked(rows) {
            if chunk.is_empty() {
                break;
            }
            // Our own text: a number of question marks.
            let mut query = sqlx::query(AssertSqlSafe(sql.clone()));
            for event in chunk {
                query = query
                    .bind(&batch.run_id)
                    .bind(event.seq)
                    .bind(event.kind)
                    .bind(&event.timestamp)
                    .bind(&event.json);
            }
            query.execute(&mut *connection).await.map_err(io)?;
            rest = after;
        }
    }
    Ok(())
}

pub(super) async fn events(
    connection: &mut SqliteConnection,
    id: RunId,
    after: Seq,
    limit: u32,
) -> StoreResult<Vec<StreamEvent>> {
    // No log reaches beyond what the column can hold.
    let Ok(after) = i64::try_from(after) else { return Ok(Vec::new()) };
    let rows = sqlx::query("SELECT event FROM run_events WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?")
        .bind(id.to_string())
        .bind(after)
        .bind(limit)
        .fetch_all(connection)
        .await
        .map_err(io)?;
    rows.iter()
        .map(|row| {
            let json: &str = row.try_get("event").map_err(io)?;
            serde_json::from_str(json)
                .map_err(|error| StoreError::Io(format!("an event of the run {id} cannot be read: {error}")))
        })
        .collect()
}

pub(super) async fn checkpoint(
    connection: &mut SqliteConnection,
    vault: &Vault,
    id: RunId,
) -> StoreResult<Option<Checkpoint>> {
    let id = id.to_string();
    let row = sqlx::query("SELECT checkpoint_key_id, checkpoint FROM runs WHERE id = ?")
        .bind(&id)
        .fetch_optional(connection)
        .await
        .map_err(io)?
        .ok_or(StoreError::NotFound("run"))?;
    if text_opt(&row, "checkpoint_key_id")?.is_none() {
        return Ok(None);
    }
    let sealed: &[u8] = row.try_get("checkpoint").map_err(io)?;
    let opened = vault.open(&checkpoint_place(&id), &text(&row, "checkpoint_key_id")?, sealed)?;
    serde_json::from_slice(&opened)
        .map(Some)
        .map_err(|_| StoreError::SecretUnreadable("The checkpoint of a run cannot be understood.".to_owned()))
}
