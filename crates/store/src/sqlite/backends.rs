//! Backends, their sealed secrets, and what their peers say of themselves.

use std::sync::Arc;

use jackfield_protocol::{
    ids::{BackendId, CredentialId},
    model::{Backend, BackendType, Offers, Platform},
    port::{PeerInfo, Secrets, StoreError, StoreResult},
};
use secrecy::SecretString;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{
    error::{io, is_duplicate},
    rows::{flag, json, json_opt, parsed, parsed_opt, text, text_opt, time, to_json},
    writer::Work,
};
use crate::vault::Vault;

/// The table of sealed secrets; part of what each is bound to.
pub(super) const SECRETS: &str = "credential_secrets";

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT b.*, (SELECT json_group_array(s.name) FROM (SELECT name FROM credential_secrets ",
            "WHERE credential_id = b.credential_id ORDER BY name) s) AS secret_names FROM backends b ",
            $rest
        )
    };
}

pub(super) fn insert(vault: Arc<Vault>, backend: Backend, secrets: Secrets) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            let credential = put_secrets(connection, &vault, &backend, &secrets).await?;
            sqlx::query(
                "INSERT INTO backends (id, type, platform, name, base_url, credential_id, options, enabled, \
                 simulated, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(backend.id.to_string())
            .bind(backend.kind.as_str())
            .bind(backend.platform.as_str())
            .bind(&backend.name)
            .bind(&backend.base_url)
            .bind(credential)
            .bind(to_json(&backend.options)?)
            .bind(backend.enabled)
            .bind(backend.simulated)
            .bind(time(backend.created_at))
            .bind(time(backend.updated_at))
            .execute(connection)
            .await
            .map_err(|error| name_taken(error, &backend.name))?;
            Ok(())
        })
    })
}

pub(super) fn update(vault: Arc<Vault>, backend: Backend, secrets: Option<Secrets>) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            let id = backend.id.to_string();
            let changed = sqlx::query(
                "UPDATE backends SET type = ?, platform = ?, name = ?, base_url = ?, options = ?, enabled = ?, \
                 simulated = ?, updated_at = ? WHERE id = ?",
            )
            .bind(backend.kind.as_str())
            .bind(backend.platform.as_str())
            .bind(&backend.name)
            .bind(&backend.base_url)
            .bind(to_json(&backend.options)?)
            .bind(backend.enabled)
            .bind(backend.simulated)
            .bind(time(backend.updated_at))
            .bind(&id)
            .execute(&mut *connection)
            .await
            .map_err(|error| name_taken(error, &backend.name))?;
            if changed.rows_affected() == 0 {
                return Err(StoreError::NotFound("backend"));
            }
            if let Some(secrets) = secrets {
                let before = credential_of(connection, &id).await?;
                let credential = put_secrets(connection, &vault, &backend, &secrets).await?;
                sqlx::query("UPDATE backends SET credential_id = ? WHERE id = ?")
                    .bind(credential)
                    .bind(&id)
                    .execute(&mut *connection)
                    .await
                    .map_err(io)?;
                delete_credential(connection, before).await?;
            }
            Ok(())
        })
    })
}

pub(super) fn delete(id: BackendId) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            let id = id.to_string();
            let credential = credential_of(connection, &id).await?;
            let deleted = sqlx::query("DELETE FROM backends WHERE id = ?")
                .bind(&id)
                .execute(&mut *connection)
                .await
                .map_err(io)?;
            if deleted.rows_affected() == 0 {
                return Err(StoreError::NotFound("backend"));
            }
            delete_credential(connection, credential).await
        })
    })
}

pub(super) async fn one(connection: &mut SqliteConnection, id: BackendId) -> StoreResult<Option<Backend>> {
    let row = sqlx::query(select!("WHERE b.id = ?"))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(io)?;
    row.map(|row| from_row(&row)).transpose()
}

pub(super) async fn all(connection: &mut SqliteConnection) -> StoreResult<Vec<Backend>> {
    let rows = sqlx::query(select!("ORDER BY b.name")).fetch_all(connection).await.map_err(io)?;
    rows.iter().map(from_row).collect()
}

pub(super) async fn secrets(
    connection: &mut SqliteConnection,
    vault: &Vault,
    id: BackendId,
) -> StoreResult<Secrets> {
    let rows = sqlx::query(
        "SELECT b.credential_id, s.name, s.key_id, s.sealed FROM backends b \
         LEFT JOIN credential_secrets s ON s.credential_id = b.credential_id WHERE b.id = ?",
    )
    .bind(id.to_string())
    .fetch_all(connection)
    .await
    .map_err(io)?;
    if rows.is_empty() {
        return Err(StoreError::NotFound("backend"));
    }
    let mut secrets = Secrets::new();
    for row in &rows {
        let Some(name) = text_opt(row, "name")? else { continue };
        let credential = text(row, "credential_id")?;
        let sealed: &[u8] = row.try_get("sealed").map_err(io)?;
        let opened = vault.open(&[SECRETS, &credential, &name], &text(row, "key_id")?, sealed)?;
        let value = std::str::from_utf8(&opened)
            .map_err(|_| StoreError::SecretUnreadable(format!("The stored secret '{name}' is not text.")))?;
        secrets.set(name, SecretString::from(value));
    }
    Ok(secrets)
}

pub(super) fn save_peer(id: BackendId, info: PeerInfo) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            let Some(backend) = one(connection, id).await? else {
                return Err(StoreError::NotFound("backend"));
            };
            let insert = if backend.kind == BackendType::Mcp {
                sqlx::query(
                    "INSERT INTO mcp_servers (backend_id, version, capabilities, discovered_at) \
                     VALUES (?, ?, ?, ?) ON CONFLICT (backend_id) DO UPDATE SET version = excluded.version, \
                     capabilities = excluded.capabilities, discovered_at = excluded.discovered_at",
                )
                .bind(id.to_string())
            } else {
                sqlx::query(
                    "INSERT OR REPLACE INTO orchestrators (backend_id, platform, version, capabilities, discovered_at) \
                     VALUES (?, ?, ?, ?, ?)",
                )
                .bind(id.to_string())
                .bind(backend.platform.as_str())
            };
            insert
                .bind(info.version)
                .bind(to_json(&info.capabilities)?)
                .bind(info.discovered_at.map(time))
                .execute(connection)
                .await
                .map_err(io)?;
            Ok(())
        })
    })
}

pub(super) async fn peer(connection: &mut SqliteConnection, id: BackendId) -> StoreResult<Option<PeerInfo>> {
    let row = sqlx::query(
        "SELECT version, capabilities, discovered_at FROM orchestrators WHERE backend_id = ?1 \
         UNION ALL SELECT version, capabilities, discovered_at FROM mcp_servers WHERE backend_id = ?1",
    )
    .bind(id.to_string())
    .fetch_optional(connection)
    .await
    .map_err(io)?;
    row.map(|row| {
        Ok(PeerInfo {
            version: text_opt(&row, "version")?,
            capabilities: json(&row, "capabilities")?,
            discovered_at: parsed_opt(&row, "discovered_at")?,
        })
    })
    .transpose()
}

pub(super) fn save_offers(id: BackendId, offers: Offers) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            let Some(backend) = one(connection, id).await? else {
                return Err(StoreError::NotFound("backend"));
            };
            if backend.kind != BackendType::Mcp {
                return Err(StoreError::Conflict(format!("'{}' is no MCP server.", backend.name)));
            }
            sqlx::query(
                "INSERT INTO mcp_servers (backend_id, capabilities, offers) VALUES (?, 'null', ?) \
                 ON CONFLICT (backend_id) DO UPDATE SET offers = excluded.offers",
            )
            .bind(id.to_string())
            .bind(to_json(&offers)?)
            .execute(connection)
            .await
            .map_err(io)?;
            Ok(())
        })
    })
}

pub(super) async fn offers(connection: &mut SqliteConnection, id: BackendId) -> StoreResult<Option<Offers>> {
    let row = sqlx::query("SELECT offers FROM mcp_servers WHERE backend_id = ?")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(io)?;
    row.map_or(Ok(None), |row| json_opt(&row, "offers"))
}

/// Seals all secrets under a new credential; `None` when there are none.
async fn put_secrets(
    connection: &mut SqliteConnection,
    vault: &Vault,
    backend: &Backend,
    secrets: &Secrets,
) -> StoreResult<Option<String>> {
    if secrets.iter().next().is_none() {
        return Ok(None);
    }
    let id = CredentialId::new().to_string();
    sqlx::query("INSERT INTO credentials (id, created_at, updated_at) VALUES (?1, ?2, ?2)")
        .bind(&id)
        .bind(time(backend.updated_at))
        .execute(&mut *connection)
        .await
        .map_err(io)?;
    for (name, value) in secrets.iter() {
        let sealed = vault.seal(&[SECRETS, &id, name], value.as_bytes())?;
        sqlx::query(
            "INSERT INTO credential_secrets (credential_id, name, key_id, sealed) VALUES (?, ?, ?, ?)",
        )
        .bind(&id)
        .bind(name)
        .bind(sealed.key_id)
        .bind(sealed.bytes)
        .execute(&mut *connection)
        .await
        .map_err(io)?;
    }
    Ok(Some(id))
}

async fn credential_of(connection: &mut SqliteConnection, backend: &str) -> StoreResult<Option<String>> {
    let found: Option<Option<String>> = sqlx::query_scalar("SELECT credential_id FROM backends WHERE id = ?")
        .bind(backend)
        .fetch_optional(connection)
        .await
        .map_err(io)?;
    Ok(found.flatten())
}

async fn delete_credential(connection: &mut SqliteConnection, id: Option<String>) -> StoreResult<()> {
    let Some(id) = id else { return Ok(()) };
    sqlx::query("DELETE FROM credentials WHERE id = ?").bind(id).execute(connection).await.map_err(io)?;
    Ok(())
}

fn from_row(row: &SqliteRow) -> StoreResult<Backend> {
    let platform: Platform = parsed(row, "platform")?;
    Ok(Backend {
        id: parsed(row, "id")?,
        name: text(row, "name")?,
        kind: match text(row, "type")?.as_str() {
            "llm" => BackendType::Llm,
            "mcp" => BackendType::Mcp,
            _ => BackendType::Orchestrator,
        },
        platform,
        base_url: text(row, "base_url")?,
        options: json(row, "options")?,
        secrets: json(row, "secret_names")?,
        enabled: flag(row, "enabled")?,
        simulated: flag(row, "simulated")?,
        created_at: parsed(row, "created_at")?,
        updated_at: parsed(row, "updated_at")?,
    })
}

fn name_taken(error: sqlx::Error, name: &str) -> StoreError {
    if is_duplicate(&error) {
        StoreError::Conflict(format!("There is a backend named '{name}' already."))
    } else {
        io(error)
    }
}
