//! What is said to a client on one stream, kept so that it can be read again from any point.

use std::{
    collections::BTreeSet,
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;
use tokio::sync::watch;

/// Most messages that one stream keeps; nothing in tests says more, and what would be said beyond is dropped with the stream.
const MOST: usize = 200_000;

/// One thing on a stream.
#[derive(Debug, Clone)]
pub(super) enum Item {
    /// A message, with the id of its event.
    Message(String, Value),
    /// The event that opens a stream, so that it can be resumed before anything was said.
    Priming(String),
    /// The connection ends here, once, without an end of the stream. What follows is for those who resume.
    Cut,
}

/// A stream that grows until it ends.
#[derive(Debug)]
pub(super) struct Stream {
    items: Mutex<Vec<Item>>,
    /// Places of cuts that were made.
    cuts: Mutex<BTreeSet<usize>>,
    /// How many items there are, and whether that is all.
    length: watch::Sender<(usize, bool)>,
}

impl Stream {
    pub(super) fn new() -> Self {
        Self { items: Mutex::default(), cuts: Mutex::default(), length: watch::Sender::new((0, false)) }
    }

    fn items(&self) -> MutexGuard<'_, Vec<Item>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, item: Item) {
        let mut items = self.items();
        if items.len() >= MOST || self.length.borrow().1 {
            return;
        }
        items.push(item);
        self.length.send_modify(|(length, _)| *length = items.len());
    }

    pub(super) fn say(&self, message: Value) {
        self.add(Item::Message(event_id(), message));
    }

    pub(super) fn prime(&self) {
        self.add(Item::Priming(event_id()));
    }

    pub(super) fn cut(&self) {
        self.add(Item::Cut);
    }

    pub(super) fn end(&self) {
        self.length.send_modify(|(_, ended)| *ended = true);
    }

    /// The item at this place; waits for it, `None` when the stream ends before.
    pub(super) async fn at(&self, place: usize) -> Option<Item> {
        let mut length = self.length.subscribe();
        // Cannot fail: the sender lives in self.
        let _ = length.wait_for(|(length, ended)| *length > place || *ended).await;
        self.items().get(place).cloned()
    }

    /// Whether the cut at this place is still to be made; it is, the first time.
    pub(super) fn is_fresh_cut(&self, place: usize) -> bool {
        self.cuts.lock().unwrap_or_else(PoisonError::into_inner).insert(place)
    }

    /// The place after the event with this id.
    pub(super) fn after(&self, id: &str) -> Option<usize> {
        let has = |item: &Item| matches!(item, Item::Message(known, _) | Item::Priming(known) if known == id);
        self.items().iter().position(has).map(|place| place + 1)
    }
}

fn event_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// Says once, to everybody who waits, that something is over.
#[derive(Debug, Clone)]
pub(super) struct Stop(watch::Sender<bool>);

impl Stop {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    pub(super) fn stop(&self) {
        self.0.send_replace(true);
    }

    pub(super) fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    pub(super) fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopped = self.0.subscribe();
        async move {
            if stopped.wait_for(|stopped| *stopped).await.is_err() {
                // Nobody is left who could stop it.
                std::future::pending::<()>().await;
            }
        }
    }
}
