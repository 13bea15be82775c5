//! A few connections that only read. Without timers of its own, so it works on a paused clock too.

use std::{
    ops::{Deref, DerefMut},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use jackfield_protocol::port::{StoreError, StoreResult};
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect;

/// The connections that are not in use, and the right to take one.
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<SqliteConnection>>>,
    permits: Arc<Semaphore>,
    count: usize,
}

impl Readers {
    /// Opens this many.
    pub(super) async fn open(path: &Path, count: usize) -> StoreResult<Self> {
        let mut idle = Vec::with_capacity(count);
        for _ in 0..count {
            idle.push(connect::reader(path).await?);
        }
        Ok(Self { idle: Arc::new(Mutex::new(idle)), permits: Arc::new(Semaphore::new(count)), count })
    }

    /// Waits for a free one, first come, first served.
    pub(super) async fn get(&self) -> StoreResult<Reader> {
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| closed())?;
        let connection = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().ok_or_else(closed)?;
        Ok(Reader { connection: Some(connection), idle: self.idle.clone(), _permit: permit })
    }

    /// Waits for those in use and closes all; later calls of `get` are refused.
    pub(super) async fn close(&self) {
        let Ok(all) = self.permits.acquire_many(u32::try_from(self.count).unwrap_or(u32::MAX)).await else {
            return;
        };
        self.permits.close();
        drop(all);
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in idle {
            if let Err(error) = connection.close().await {
                tracing::warn!(error = super::error::in_words(&error), "a reading connection did not close");
            }
        }
    }
}

fn closed() -> StoreError {
    StoreError::Io("the store is closed".to_owned())
}

/// One connection; goes back when dropped.
pub(super) struct Reader {
    connection: Option<SqliteConnection>,
    idle: Arc<Mutex<Vec<SqliteConnection>>>,
    /// Given back after the connection: fields are dropped after `drop`.
    _permit: OwnedSemaphorePermit,
}

impl Deref for Reader {
    type Target = SqliteConnection;

    #[expect(clippy::expect_used, reason = "taken out in drop only")]
    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect("a connection until it is dropped")
    }
}

impl DerefMut for Reader {
    #[expect(clippy::expect_used, reason = "taken out in drop only")]
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("a connection until it is dropped")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}
