//! What SQLite says, in words that help.

use jackfield_protocol::port::StoreError;
use sqlx::error::DatabaseError;

// https://www.sqlite.org/rescode.html; the low byte of an extended code is the primary one.
const BUSY: i32 = 5;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;

/// Everything that is not an answer to a request but a fault of disk or database.
pub(super) fn io(error: sqlx::Error) -> StoreError {
    StoreError::Io(in_words(&error))
}

/// A sentence for a person. SQL and data are never part of it.
pub(super) fn in_words(error: &sqlx::Error) -> String {
    let Some(database) = error.as_database_error() else {
        return match error {
            sqlx::Error::Io(error) => format!("the disk failed: {error}"),
            sqlx::Error::WorkerCrashed => "the database connection ended".to_owned(),
            other => other.to_string(),
        };
    };
    let what = match primary(database) {
        Some(BUSY) => "another program holds the database",
        Some(READONLY) => "the database may not be written; check owner and mode of the data directory",
        Some(IOERR) => "the disk failed",
        Some(CORRUPT) => "the database is damaged; restore it from a backup",
        Some(FULL) => "the disk is full",
        Some(CANTOPEN) => "a file of the database cannot be opened",
        Some(NOTADB) => "the file is not a database",
        _ => return database.to_string(),
    };
    format!("{what} {database}")
}

/// Whether the file is damaged or something else altogether.
pub(super) fn is_not_a_database(error: &sqlx::Error) -> bool {
    matches!(error.as_database_error().and_then(primary), Some(CORRUPT | NOTADB))
}

fn primary(error: &dyn DatabaseError) -> Option<i32> {
    error.code()?.parse::<i32>().ok().map(|code| code & 0xff)
}

/// The row exists already.
pub(super) fn is_duplicate(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(DatabaseError::is_unique_violation)
}

/// A row that it refers to does not exist.
pub(super) fn is_orphan(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(DatabaseError::is_foreign_key_violation)
}
