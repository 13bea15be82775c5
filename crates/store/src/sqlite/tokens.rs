//! Tokens of the API, by their hash.

use jackfield_protocol::{
    ids::TokenId,
    port::{ApiToken, StoreError, StoreResult},
};
use jiff::Timestamp;
use sqlx::{SqliteConnection, sqlite::SqliteRow};

use super::{
    error::{io, is_duplicate},
    rows::{parsed, parsed_opt, text, time},
    writer::Work,
};

pub(super) fn insert(token: ApiToken, hash: [u8; 32]) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            sqlx::query("INSERT INTO api_tokens (id, name, hash, created_at) VALUES (?, ?, ?, ?)")
                .bind(token.id.to_string())
                .bind(&token.name)
                .bind(hash.as_slice())
                .bind(time(token.created_at))
                .execute(connection)
                .await
                .map_err(|error| {
                    if is_duplicate(&error) {
                        StoreError::Conflict("There is such a token already.".to_owned())
                    } else {
                        io(error)
                    }
                })?;
            Ok(())
        })
    })
}

pub(super) async fn by_hash(
    connection: &mut SqliteConnection,
    hash: [u8; 32],
) -> StoreResult<Option<ApiToken>> {
    let row = sqlx::query("SELECT id, name, created_at, last_used_at FROM api_tokens WHERE hash = ?")
        .bind(hash.as_slice())
        .fetch_optional(connection)
        .await
        .map_err(io)?;
    row.map(|row| from_row(&row)).transpose()
}

pub(super) async fn all(connection: &mut SqliteConnection) -> StoreResult<Vec<ApiToken>> {
    let rows = sqlx::query("SELECT id, name, created_at, last_used_at FROM api_tokens ORDER BY id")
        .fetch_all(connection)
        .await
        .map_err(io)?;
    rows.iter().map(from_row).collect()
}

pub(super) fn delete(id: TokenId) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            let deleted = sqlx::query("DELETE FROM api_tokens WHERE id = ?")
                .bind(id.to_string())
                .execute(connection)
                .await
                .map_err(io)?;
            if deleted.rows_affected() == 0 { Err(StoreError::NotFound("token")) } else { Ok(()) }
        })
    })
}

pub(super) fn used(id: TokenId, at: Timestamp) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            sqlx::query(
                "UPDATE api_tokens SET last_used_at = max(coalesce(last_used_at, ''), ?) WHERE id = ?",
            )
            .bind(time(at))
            .bind(id.to_string())
            .execute(connection)
            .await
            .map_err(io)?;
            Ok(())
        })
    })
}

fn from_row(row: &SqliteRow) -> StoreResult<ApiToken> {
    Ok(ApiToken {
        id: parsed(row, "id")?,
        name: text(row, "name")?,
        created_at: parsed(row, "created_at")?,
        last_used_at: parsed_opt(row, "last_used_at")?,
    })
}
