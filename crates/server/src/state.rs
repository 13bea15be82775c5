//! What every handler can reach.

use std::{net::IpAddr, sync::Arc};

use jackfield_engine::Engine;
use jackfield_protocol::error::{ErrorCode, Failure};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::{ServerConfig, problem::ApiError};

/// Shared state of one server.
pub(crate) struct App {
    pub(crate) engine: Engine,
    pub(crate) config: ServerConfig,
    /// The address the server listens on, when it is known.
    pub(crate) listen: Option<IpAddr>,
    /// Cancelled when the server shuts down: event streams end themselves then.
    pub(crate) shutdown: CancellationToken,
    readers: Arc<Semaphore>,
}

/// One open event stream; counts until it is dropped.
pub(crate) struct Reader(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

impl App {
    pub(crate) fn new(
        engine: Engine,
        config: ServerConfig,
        listen: Option<IpAddr>,
        shutdown: CancellationToken,
    ) -> Arc<Self> {
        let readers = Arc::new(Semaphore::new(config.max_readers.min(Semaphore::MAX_PERMITS)));
        Arc::new(Self { engine, config, listen, shutdown, readers })
    }

    /// Counts one more event stream, or refuses it.
    pub(crate) fn reader(&self) -> Result<Reader, ApiError> {
        Arc::clone(&self.readers).try_acquire_owned().map(Reader).map_err(|_| {
            let failure = Failure::new(
                ErrorCode::TooManyReaders,
                format!("{} event streams are open, as many as the hub allows.", self.config.max_readers),
            );
            ApiError::from(failure.hint("Close some, or try again in a few seconds.")).retry_after(5)
        })
    }

    /// How many event streams are open.
    pub(crate) fn open_readers(&self) -> usize {
        self.config.max_readers.saturating_sub(self.readers.available_permits())
    }
}
