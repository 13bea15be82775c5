//! Bytes that are too many for an event, and files on their way into a run.

use bytes::Bytes;
use jackfield_protocol::{
    ids::{BlobId, RunId},
    port::{Blob, StoreError, StoreResult},
    time::now,
};
use jiff::ToSpan as _;
use sqlx::{Row as _, SqliteConnection};

use super::{
    error::{io, is_orphan},
    rows::{text, time},
    writer::Work,
};

/// A file that was put but not used in a run for this long is forgotten when the store is opened.
const UNUSED_HOURS: i64 = 24;

pub(super) fn put(run: Option<RunId>, blob: Blob) -> Work<BlobId> {
    Box::new(move |connection| {
        Box::pin(async move {
            let id = BlobId::new();
            sqlx::query(
                "INSERT INTO blobs (id, run_id, media_type, created_at, bytes) VALUES (?, ?, ?, ?, ?)",
            )
            .bind(id.to_string())
            .bind(run.map(|run| run.to_string()))
            .bind(&blob.media_type)
            .bind(time(now()))
            .bind(blob.bytes.as_ref())
            .execute(connection)
            .await
            .map_err(|error| if is_orphan(&error) { StoreError::NotFound("run") } else { io(error) })?;
            Ok(id)
        })
    })
}

pub(super) async fn one(connection: &mut SqliteConnection, id: BlobId) -> StoreResult<Option<Blob>> {
    let row = sqlx::query("SELECT media_type, bytes FROM blobs WHERE id = ?")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(io)?;
    row.map(|row| {
        let bytes: Vec<u8> = row.try_get("bytes").map_err(io)?;
        Ok(Blob { media_type: text(&row, "media_type")?, bytes: Bytes::from(bytes) })
    })
    .transpose()
}

/// Gives a file to the run that uses it. One that belongs to an earlier run stays with that run.
pub(super) async fn attach(connection: &mut SqliteConnection, id: BlobId, run: &str) -> StoreResult<()> {
    let found = sqlx::query("UPDATE blobs SET run_id = coalesce(run_id, ?) WHERE id = ?")
        .bind(run)
        .bind(id.to_string())
        .execute(connection)
        .await
        .map_err(io)?;
    if found.rows_affected() == 0 { Err(StoreError::NotFound("file")) } else { Ok(()) }
}

/// Forgets files that no run has taken.
pub(super) async fn forget_unused(connection: &mut SqliteConnection) -> StoreResult<()> {
    let before =
        now().checked_sub(UNUSED_HOURS.hours()).map_err(|error| StoreError::Io(error.to_string()))?;
    sqlx::query("DELETE FROM blobs WHERE run_id IS NULL AND created_at < ?")
        .bind(time(before))
        .execute(connection)
        .await
        .map_err(io)?;
    Ok(())
}
