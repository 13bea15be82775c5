//! From columns to values and back.

use std::str::FromStr;

use jackfield_protocol::port::{StoreError, StoreResult};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row as _, sqlite::SqliteRow};

use super::error::io;

/// Text.
pub(super) fn text(row: &SqliteRow, column: &str) -> StoreResult<String> {
    row.try_get(column).map_err(io)
}

/// Text or nothing.
pub(super) fn text_opt(row: &SqliteRow, column: &str) -> StoreResult<Option<String>> {
    row.try_get(column).map_err(io)
}

/// Anything with a written form: ids, times, statuses.
pub(super) fn parsed<T: FromStr>(row: &SqliteRow, column: &str) -> StoreResult<T> {
    text(row, column)?.parse().map_err(|_| unreadable(column))
}

/// The same, or nothing.
pub(super) fn parsed_opt<T: FromStr>(row: &SqliteRow, column: &str) -> StoreResult<Option<T>> {
    text_opt(row, column)?.map(|text| text.parse().map_err(|_| unreadable(column))).transpose()
}

/// A JSON column.
pub(super) fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> StoreResult<T> {
    from_json(&text(row, column)?, column)
}

/// A JSON column or nothing.
pub(super) fn json_opt<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> StoreResult<Option<T>> {
    text_opt(row, column)?.map(|text| from_json(&text, column)).transpose()
}

/// A number that is never negative.
pub(super) fn number<T: TryFrom<i64>>(row: &SqliteRow, column: &str) -> StoreResult<T> {
    let number: i64 = row.try_get(column).map_err(io)?;
    T::try_from(number).map_err(|_| unreadable(column))
}

/// Yes or no.
pub(super) fn flag(row: &SqliteRow, column: &str) -> StoreResult<bool> {
    row.try_get(column).map_err(io)
}

/// JSON text for a column.
pub(super) fn to_json<T: Serialize + ?Sized>(value: &T) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Io(format!("a value has no JSON form: {error}")))
}

/// A time for a column: always six digits, so that text order is time order.
pub(super) fn time(at: Timestamp) -> String {
    format!("{at:.6}")
}

/// A number for a column.
pub(super) fn integer(number: u64) -> StoreResult<i64> {
    i64::try_from(number)
        .map_err(|_| StoreError::Io(format!("{number} is beyond what the database can keep")))
}

fn from_json<T: DeserializeOwned>(text: &str, column: &str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(|_| unreadable(column))
}

fn unreadable(column: &str) -> StoreError {
    StoreError::Io(format!("the database holds a value that cannot be understood (column {column})"))
}
