//! How connections are opened.

use std::{path::Path, time::Duration};

use jackfield_protocol::port::{StoreError, StoreResult};
use sqlx::{
    ConnectOptions as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::error::{in_words, is_not_a_database};

/// Other processes (a backup, the `sqlite3` tool) may hold the database for a moment.
const BUSY: Duration = Duration::from_secs(10);
/// Pages in the log before they are moved to the database: 16 MiB, so that bursts are not interrupted.
const CHECKPOINT_PAGES: &str = "4096";
/// The log is cut to this size after a checkpoint.
const LOG_BYTES: &str = "67108864";

fn common(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(128)
        .disable_statement_logging()
}

/// The one that writes. `synchronous=FULL`: a commit returns when it is on the disk, so it outlives a power cut
/// and not only a crash of the process. `fullfsync` makes macOS mean it.
pub(super) async fn writer(path: &Path) -> StoreResult<SqliteConnection> {
    let options = common(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("fullfsync", "ON")
        .pragma("checkpoint_fullfsync", "ON")
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", LOG_BYTES);
    connect(&options, path).await
}

/// One that only reads.
pub(super) async fn reader(path: &Path) -> StoreResult<SqliteConnection> {
    connect(&common(path).pragma("query_only", "ON"), path).await
}

async fn connect(options: &SqliteConnectOptions, path: &Path) -> StoreResult<SqliteConnection> {
    options.connect().await.map_err(|error| {
        let text = in_words(&error);
        StoreError::Io(if is_not_a_database(&error) {
            format!("{} is damaged or not a database of Jackfield's ({text}); restore it from a backup, or move it away", path.display())
        } else {
            format!("{} cannot be opened: {text}", path.display())
        })
    })
}
