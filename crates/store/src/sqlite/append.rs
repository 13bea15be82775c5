//! Appending to the logs of runs, each by its current attempt only. The batches of many runs are written by few
//! statements: one that checks and moves the heads, one that inserts the events.

use std::{collections::HashSet, sync::LazyLock};

use jackfield_protocol::{
    ids::Seq,
    model::RunStatus,
    port::{StoreError, StoreResult},
};
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};
use zeroize::Zeroizing;

use super::{
    batch::{Batch, EventRow},
    error::io,
    log::checkpoint_place,
    pieces::{Statements, pieces, statements},
    rows::{integer, number, text},
};
use crate::vault::{Sealed, Vault};

/// Nothing can come between the check and the move. An event of `done` is the last: `done IS NULL` is part of the check.
static MOVES: LazyLock<Statements> = LazyLock::new(|| {
    statements(10, |values| {
        format!(
            "WITH batch (run_id, attempt, events, first, status, done, ended_at, external_id, key_id, checkpoint) \
             AS (VALUES {values}) \
             UPDATE runs SET last_seq = last_seq + batch.events, status = coalesce(batch.status, runs.status), \
             done = batch.done, ended_at = batch.ended_at, \
             external_id = coalesce(batch.external_id, runs.external_id), \
             checkpoint_key_id = coalesce(batch.key_id, checkpoint_key_id), \
             checkpoint = coalesce(batch.checkpoint, runs.checkpoint) \
             FROM batch WHERE runs.id = batch.run_id AND runs.attempt = batch.attempt AND runs.done IS NULL \
             AND (batch.first IS NULL OR last_seq = batch.first - 1) RETURNING runs.id"
        )
    })
});

static INSERTS: LazyLock<Statements> = LazyLock::new(|| {
    statements(5, |values| {
        format!("INSERT INTO run_events (run_id, seq, type, timestamp, event) VALUES {values}")
    })
});

/// Appends one batch.
///
/// # Errors
/// `NotFound`, `StaleAttempt`, `RunEnded` or `WrongSeq` when the log does not take it.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    vault: &Vault,
    batch: &Batch,
) -> StoreResult<()> {
    if append_all(connection, vault, &[batch]).await?.contains(&batch.run_id) {
        Ok(())
    } else {
        Err(refusal(connection, batch).await?)
    }
}

/// Appends batches of different runs and says which of them were taken.
pub(super) async fn append_all(
    connection: &mut SqliteConnection,
    vault: &Vault,
    batches: &[&Batch],
) -> StoreResult<HashSet<String>> {
    let moved = move_heads(connection, vault, batches).await?;
    let events: Vec<(&str, &EventRow)> = batches
        .iter()
        .filter(|batch| moved.contains(&batch.run_id))
        .flat_map(|batch| batch.events.iter().map(|event| (batch.run_id.as_str(), event)))
        .collect();
    for (sql, piece) in pieces(&events, &INSERTS) {
        // Our own text: a number of question marks.
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (run_id, event) in piece {
            query =
                query.bind(*run_id).bind(event.seq).bind(event.kind).bind(&event.timestamp).bind(&event.json);
        }
        query.execute(&mut *connection).await.map_err(io)?;
    }
    Ok(moved)
}

async fn move_heads(
    connection: &mut SqliteConnection,
    vault: &Vault,
    batches: &[&Batch],
) -> StoreResult<HashSet<String>> {
    let mut moved = HashSet::with_capacity(batches.len());
    for (sql, piece) in pieces(batches, &MOVES) {
        // Our own text: a number of question marks.
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for batch in piece {
            let (key_id, sealed) = sealed(vault, batch)?.map(|sealed| (sealed.key_id, sealed.bytes)).unzip();
            query = query
                .bind(&batch.run_id)
                .bind(batch.attempt)
                .bind(integer(batch.events.len() as u64)?)
                .bind(batch.first)
                .bind(batch.status.map(RunStatus::as_str))
                .bind(&batch.done)
                .bind(&batch.ended_at)
                .bind(&batch.external_id)
                .bind(key_id)
                .bind(sealed);
        }
        for row in query.fetch_all(&mut *connection).await.map_err(io)? {
            moved.insert(text(&row, "id")?);
        }
    }
    Ok(moved)
}

fn sealed(vault: &Vault, batch: &Batch) -> StoreResult<Option<Sealed>> {
    let seal = |checkpoint: &Zeroizing<Vec<u8>>| vault.seal(&checkpoint_place(&batch.run_id), checkpoint);
    batch.checkpoint.as_ref().map(seal).transpose()
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
