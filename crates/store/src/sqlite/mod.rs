//! The store on SQLite.

mod append;
mod backends;
mod batch;
mod blobs;
mod catalogue;
mod connect;
mod conversations;
mod error;
mod log;
mod pieces;
mod readers;
mod rotate;
mod rows;
mod runs;
mod schema;
mod store;
mod tokens;
mod tools;
mod usage;
mod writer;

pub use self::rotate::Rotation;

use std::{fmt, path::PathBuf, sync::Arc};

use jackfield_protocol::port::{StoreError, StoreResult};
use sqlx::SqliteConnection;

use self::{
    readers::Readers,
    writer::{Work, Writer},
};
use crate::{
    data_dir::{DATABASE, DataDir},
    options::StoreOptions,
    vault::{self, Vault},
};

/// A [`jackfield_protocol::port::Store`] in one SQLite database.
///
/// Dropping it finishes what is queued in the background; [`jackfield_protocol::port::Store::close`] waits for it.
pub struct SqliteStore {
    readers: Readers,
    writer: Writer,
    vault: Arc<Vault>,
    path: PathBuf,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("vault", &self.vault).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the data directory, makes what is missing in it, and brings the schema up to date.
    ///
    /// # Errors
    /// `Conflict` when another process uses the directory, or a newer Jackfield has written it;
    /// `SecretUnreadable` when the keys are in a key store that does not answer; `Io` when directory or database
    /// cannot be read or written.
    pub async fn open(options: StoreOptions) -> StoreResult<Self> {
        let (dir, lock) = DataDir::open(&options.data_dir).await?;
        let dir = Arc::new(dir);
        dir.touch_private(DATABASE)?;
        let path = dir.file(DATABASE);
        let mut connection = connect::writer(&path).await?;
        schema::migrate(&mut connection).await?;
        blobs::forget_unused(&mut connection).await?;
        let vault = {
            tokio::task::spawn_blocking(move || vault::open(&dir, options.key_store))
                .await
                .map_err(|error| StoreError::Io(format!("opening the keys failed: {error}")))??
        };
        let readers = Readers::open(&path, options.readers.max(1)).await?;
        Ok(Self { readers, writer: Writer::start(connection, lock), vault: Arc::new(vault), path })
    }

    async fn write<T: Send + 'static>(&self, work: Work<T>) -> StoreResult<T> {
        self.writer.run(work).await
    }

    async fn read(&self) -> StoreResult<impl std::ops::DerefMut<Target = SqliteConnection>> {
        self.readers.get().await
    }
}
