//! Runs that are being listened to: whoever gives an answer hands the stream that follows over to them.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use bytes::Bytes;
use futures_channel::mpsc;
use futures_util::StreamExt as _;
use jackfield_protocol::ids::RunId;

use crate::transport::ByteStream;

/// An answer of a peer whose head has come.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) status: u16,
    /// Without parameters, in lower case.
    pub(crate) media_type: String,
    pub(crate) retry_after: Option<String>,
    /// What was read of the body already.
    pub(crate) early: Bytes,
    pub(crate) body: ByteStream,
}

impl Incoming {
    pub(crate) fn of(response: reqwest::Response) -> Self {
        let header = |name: &reqwest::header::HeaderName| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let media_type = header(&reqwest::header::CONTENT_TYPE).unwrap_or_default();
        Self {
            status: response.status().as_u16(),
            media_type: media_type.split(';').next().unwrap_or_default().trim().to_lowercase(),
            retry_after: header(&reqwest::header::RETRY_AFTER),
            early: Bytes::new(),
            body: ByteStream::new(response),
        }
    }
}

type Ear = mpsc::Sender<Incoming>;

/// The runs that are listened to.
#[derive(Default)]
pub(crate) struct Registry {
    ears: Mutex<HashMap<RunId, (u64, Ear)>>,
    next: AtomicU64,
}

impl Registry {
    /// Hands a stream over; false when nobody listens to the run: then its record tells what came of it.
    pub(crate) fn hand_over(&self, run: RunId, incoming: Incoming) -> bool {
        let ear =
            self.ears.lock().unwrap_or_else(PoisonError::into_inner).get(&run).map(|(_, ear)| ear.clone());
        ear.is_some_and(|mut ear| ear.try_send(incoming).is_ok())
    }
}

/// One listener; ends when dropped.
pub(crate) struct Listener {
    registry: Arc<Registry>,
    run: RunId,
    number: u64,
    handed: mpsc::Receiver<Incoming>,
}

impl Listener {
    pub(crate) fn new(registry: &Arc<Registry>, run: RunId) -> Self {
        let (ear, handed) = mpsc::channel(1);
        let number = registry.next.fetch_add(1, Relaxed);
        registry.ears.lock().unwrap_or_else(PoisonError::into_inner).insert(run, (number, ear));
        Self { registry: registry.clone(), run, number, handed }
    }

    /// The stream that follows an answer; for ever pending when a later attempt has taken the run over.
    pub(crate) async fn next(&mut self) -> Incoming {
        match self.handed.next().await {
            Some(incoming) => incoming,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut ears = self.registry.ears.lock().unwrap_or_else(PoisonError::into_inner);
        if ears.get(&self.run).is_some_and(|(number, _)| *number == self.number) {
            ears.remove(&self.run);
        }
    }
}
