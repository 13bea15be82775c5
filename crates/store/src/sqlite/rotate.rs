//! A new key for everything that is sealed.

use std::sync::Arc;

use jackfield_protocol::port::StoreResult;
use sqlx::{Row as _, SqliteConnection};

use super::{SqliteStore, backends::SECRETS, error::io, log::checkpoint_place, rows::text};
use crate::vault::Vault;

impl SqliteStore {
    /// Makes a new key and seals everything with it; returns how many secrets and checkpoints that were. The old
    /// keys are kept until all of it is on the disk, so that a rotation that was cut off loses nothing.
    ///
    /// # Errors
    /// `SecretUnreadable` when something cannot be opened with the old keys: then nothing is changed. `Io` when
    /// the key or the database cannot be written.
    pub async fn rotate_keys(&self) -> StoreResult<u64> {
        let vault = self.vault.clone();
        let count = self
            .write(Box::new(move |connection| Box::pin(async move { reseal(connection, vault).await })))
            .await?;
        let vault = self.vault.clone();
        // Within the writer: no other rotation comes between.
        self.write(Box::new(move |_| Box::pin(async move { vault.forget_old_keys() }))).await?;
        Ok(count)
    }
}

async fn reseal(connection: &mut SqliteConnection, vault: Arc<Vault>) -> StoreResult<u64> {
    vault.add_key()?;
    let mut count = 0;
    let rows = sqlx::query("SELECT credential_id, name, key_id, sealed FROM credential_secrets")
        .fetch_all(&mut *connection)
        .await
        .map_err(io)?;
    for row in &rows {
        let (credential, name) = (text(row, "credential_id")?, text(row, "name")?);
        let sealed: &[u8] = row.try_get("sealed").map_err(io)?;
        let place = [SECRETS, credential.as_str(), name.as_str()];
        let fresh = vault.seal(&place, &vault.open(&place, &text(row, "key_id")?, sealed)?)?;
        sqlx::query(
            "UPDATE credential_secrets SET key_id = ?, sealed = ? WHERE credential_id = ? AND name = ?",
        )
        .bind(fresh.key_id)
        .bind(fresh.bytes)
        .bind(&credential)
        .bind(&name)
        .execute(&mut *connection)
        .await
        .map_err(io)?;
        count += 1;
    }
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM runs WHERE checkpoint IS NOT NULL")
        .fetch_all(&mut *connection)
        .await
        .map_err(io)?;
    for id in &ids {
        let row = sqlx::query("SELECT checkpoint_key_id, checkpoint FROM runs WHERE id = ?")
            .bind(id)
            .fetch_one(&mut *connection)
            .await
            .map_err(io)?;
        let sealed: &[u8] = row.try_get("checkpoint").map_err(io)?;
        let place = checkpoint_place(id);
        let fresh = vault.seal(&place, &vault.open(&place, &text(&row, "checkpoint_key_id")?, sealed)?)?;
        sqlx::query("UPDATE runs SET checkpoint_key_id = ?, checkpoint = ? WHERE id = ?")
            .bind(fresh.key_id)
            .bind(fresh.bytes)
            .bind(id)
            .execute(&mut *connection)
            .await
            .map_err(io)?;
        count += 1;
    }
    Ok(count)
}
