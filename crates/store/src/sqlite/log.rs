//! The log of a run, as readers get it.

use jackfield_protocol::{
    event::StreamEvent,
    ids::{RunId, Seq},
    port::{Checkpoint, StoreError, StoreResult},
};
use sqlx::{Row as _, SqliteConnection};

use super::{
    error::io,
    rows::{text, text_opt},
};
use crate::vault::Vault;

/// Where the checkpoint of a run is stored; what it is sealed for.
pub(super) fn checkpoint_place(run_id: &str) -> [&str; 3] {
    ["runs", run_id, "checkpoint"]
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
