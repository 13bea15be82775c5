//! How much room the data takes, how long it is kept, and the removal of what is older.

use std::path::Path;

use jackfield_protocol::{
    ids::RunId,
    port::{DataUsage, Removable, Removed, StoreResult},
};
use jiff::Timestamp;
use sqlx::{SqliteConnection, sqlite::SqliteRow};

use super::{
    error::io,
    rows::{integer, number, parsed, parsed_opt, time},
    writer::Work,
};

/// The name of the setting; its value is a number of days.
const RETENTION: &str = "retention_days";

/// Before a statement: `old_chats`, those that were last used before `?1` and in which nothing went on since; and
/// `old_runs`, those that ended before `?1` and are of no chat, or of an old one. A chat stays whole for as long as it
/// is used.
macro_rules! with_old {
    ($statement:literal) => {
        concat!(
            "WITH old_chats AS (SELECT c.id FROM conversations c WHERE c.updated_at < ?1 AND NOT EXISTS (",
            "SELECT 1 FROM runs u WHERE u.conversation_id = c.id AND (u.ended_at IS NULL OR u.ended_at >= ?1))), ",
            "old_runs AS (SELECT r.id, r.last_seq, r.ended_at FROM runs r WHERE r.ended_at < ?1 ",
            "AND (r.conversation_id IS NULL OR r.conversation_id IN old_chats)) ",
            $statement
        )
    };
}

pub(super) async fn usage(connection: &mut SqliteConnection, path: &Path) -> StoreResult<DataUsage> {
    let row = sqlx::query(
        "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS bytes, \
         (SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size) AS reusable, \
         (SELECT count(*) FROM runs) AS runs, (SELECT coalesce(sum(last_seq), 0) FROM runs) AS events, \
         (SELECT count(*) FROM conversations) AS conversations, (SELECT min(created_at) FROM runs) AS oldest, \
         (SELECT count(*) FROM blobs) AS files, (SELECT coalesce(sum(length(bytes)), 0) FROM blobs) AS file_bytes",
    )
    .fetch_one(connection)
    .await
    .map_err(io)?;
    // What was written last is in the log beside the database; there is none after a clean end.
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log_bytes = tokio::fs::metadata(log).await.map_or(0, |file| file.len());
    Ok(DataUsage {
        bytes: number::<u64>(&row, "bytes")?.saturating_add(log_bytes),
        reusable_bytes: number(&row, "reusable")?,
        runs: number(&row, "runs")?,
        events: number(&row, "events")?,
        conversations: number(&row, "conversations")?,
        files: number(&row, "files")?,
        file_bytes: number(&row, "file_bytes")?,
        oldest: parsed_opt(&row, "oldest")?,
    })
}

pub(super) async fn retention(connection: &mut SqliteConnection) -> StoreResult<Option<u32>> {
    let row = sqlx::query("SELECT value FROM settings WHERE name = ?")
        .bind(RETENTION)
        .fetch_optional(connection)
        .await
        .map_err(io)?;
    row.map(|row| parsed(&row, "value")).transpose()
}

pub(super) fn keep(days: Option<u32>) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            let query = match days {
                Some(days) => sqlx::query("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)")
                    .bind(RETENTION)
                    .bind(days.to_string()),
                None => sqlx::query("DELETE FROM settings WHERE name = ?").bind(RETENTION),
            };
            query.execute(connection).await.map_err(io)?;
            Ok(())
        })
    })
}

pub(super) async fn removable(
    connection: &mut SqliteConnection,
    before: Timestamp,
) -> StoreResult<Removable> {
    let row = sqlx::query(with_old!(
        "SELECT (SELECT count(*) FROM old_runs) AS runs, (SELECT count(*) FROM old_chats) AS conversations"
    ))
    .bind(time(before))
    .fetch_one(connection)
    .await
    .map_err(io)?;
    Ok(Removable { runs: number(&row, "runs")?, conversations: number(&row, "conversations")? })
}

/// Oldest runs first; the chats go in the step in which no old run is left.
pub(super) fn remove_old(before: Timestamp, most_events: u64) -> Work<Removed> {
    Box::new(move |connection| {
        Box::pin(async move {
            let before = time(before);
            // The first always, then as many as there is room for.
            let rows = sqlx::query(with_old!(
                "SELECT id FROM (SELECT id, row_number() OVER oldest AS place, sum(last_seq + 1) OVER oldest AS events \
                 FROM old_runs WINDOW oldest AS (ORDER BY ended_at, id ROWS UNBOUNDED PRECEDING)) \
                 WHERE place = 1 OR events <= ?2"
            ))
            .bind(&before)
            .bind(integer(most_events)?)
            .fetch_all(&mut *connection)
            .await
            .map_err(io)?;
            let runs: Vec<RunId> = rows.iter().map(id).collect::<StoreResult<_>>()?;
            for run in &runs {
                sqlx::query("DELETE FROM runs WHERE id = ?")
                    .bind(run.to_string())
                    .execute(&mut *connection)
                    .await
                    .map_err(io)?;
            }
            let conversations = if runs.is_empty() {
                sqlx::query(with_old!("DELETE FROM conversations WHERE id IN old_chats"))
                    .bind(&before)
                    .execute(connection)
                    .await
                    .map_err(io)?
                    .rows_affected()
            } else {
                0
            };
            Ok(Removed { runs, conversations })
        })
    })
}

fn id(row: &SqliteRow) -> StoreResult<RunId> {
    parsed(row, "id")
}
