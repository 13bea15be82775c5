//! A new key for everything that is sealed.

use std::sync::Arc;

use jackfield_protocol::port::{StoreError, StoreResult};
use sqlx::{Row as _, SqliteConnection};

use super::{SqliteStore, backends::SECRETS, error::io, log::checkpoint_place, rows::text};
use crate::vault::{Sealed, Vault};

/// What became of the sealed secrets and checkpoints when the key was changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rotation {
    /// Sealed with the new key now.
    pub resealed: u64,
    /// Could not be opened before and cannot be opened now; left as they were.
    pub unreadable: u64,
}

impl SqliteStore {
    /// Makes a new key and seals everything with it. The old keys are kept until all of it is on the disk, so that
    /// a rotation that was cut off loses nothing; the next one finishes it.
    ///
    /// # Errors
    /// `Io` or `SecretUnreadable` when the keys or the database cannot be written: everything can be opened as before.
    pub async fn rotate_keys(&self) -> StoreResult<Rotation> {
        let vault = self.vault.clone();
        let rotation = self
            .write(Box::new(move |connection| {
                Box::pin(async move {
                    // Inside the writer: nothing is sealed between the new key and the end of the rotation.
                    let keys = vault.clone();
                    blocking(move || keys.add_key()).await?;
                    reseal(connection, &vault).await
                })
            }))
            .await?;
        let vault = self.vault.clone();
        self.write(Box::new(move |_| Box::pin(blocking(move || vault.forget_old_keys())))).await?;
        Ok(rotation)
    }
}

/// A key store of the operating system may take its time.
async fn blocking(work: impl FnOnce() -> StoreResult<()> + Send + 'static) -> StoreResult<()> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Io(format!("changing the keys failed: {error}")))?
}

async fn reseal(connection: &mut SqliteConnection, vault: &Arc<Vault>) -> StoreResult<Rotation> {
    let mut rotation = Rotation::default();
    let rows = sqlx::query("SELECT credential_id, name, key_id, sealed FROM credential_secrets")
        .fetch_all(&mut *connection)
        .await
        .map_err(io)?;
    for row in &rows {
        let (credential, name) = (text(row, "credential_id")?, text(row, "name")?);
        let sealed: &[u8] = row.try_get("sealed").map_err(io)?;
        let place = [SECRETS, credential.as_str(), name.as_str()];
        let Some(fresh) = rotation.take(vault, &place, &text(row, "key_id")?, sealed)? else { continue };
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
    }
    // One by one: there may be many runs.
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
        let Some(fresh) = rotation.take(vault, &place, &text(&row, "checkpoint_key_id")?, sealed)? else {
            continue;
        };
        sqlx::query("UPDATE runs SET checkpoint_key_id = ?, checkpoint = ? WHERE id = ?")
            .bind(fresh.key_id)
            .bind(fresh.bytes)
            .bind(id)
            .execute(&mut *connection)
            .await
            .map_err(io)?;
    }
    Ok(rotation)
}

impl Rotation {
    fn take(
        &mut self,
        vault: &Vault,
        place: &[&str],
        key_id: &str,
        sealed: &[u8],
    ) -> StoreResult<Option<Sealed>> {
        match vault.open(place, key_id, sealed) {
            Ok(secret) => {
                self.resealed += 1;
                vault.seal(place, &secret).map(Some)
            }
            Err(StoreError::SecretUnreadable(_)) => {
                self.unreadable += 1;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
