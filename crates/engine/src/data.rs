//! What is stored, for how long, and the removal of what is older.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use jackfield_protocol::{
    api::{DataView, HubNews},
    error::{ErrorCode, Failure},
    ids::TokenId,
    port::{ApiToken, Removable, StoreResult},
    time::now,
};
use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

use crate::{Engine, Inner, live::lock};

/// Longest time that data is kept for, in days, unless it is kept for ever.
const MOST_DAYS: u32 = 3650;

/// Most events that one step removes: what is written meanwhile waits for no longer than a step.
const STEP_EVENTS: u64 = 20_000;

/// The last use of a token is written no more often than this.
const TOKEN_INTERVAL: Duration = Duration::from_secs(60);

/// The task that removes what is old.
#[derive(Default)]
pub(crate) struct Sweep {
    wake: Notify,
    /// Something is being removed.
    going: AtomicBool,
}

/// When the last use of each token was written.
pub(crate) type TokenUses = Mutex<HashMap<TokenId, Instant>>;

impl Engine {
    /// What is stored, and for how long. With a number of days: also what would go if data were kept for so long.
    ///
    /// # Errors
    /// `InvalidRequest` when the days are not 1 to 3650; or the store's.
    pub async fn data(&self, older_than_days: Option<u32>) -> Result<DataView, Failure> {
        let store = &self.inner.store;
        let removable = match older_than_days {
            Some(days) => Some(store.removable(days_ago(checked(days, "query:older_than_days")?)).await?),
            None => None,
        };
        Ok(DataView {
            usage: store.usage().await?,
            retention_days: store.retention().await?,
            removing: self.inner.sweep.going.load(Relaxed),
            removable,
        })
    }

    /// Keeps runs and conversations for so many days from now on, or for ever. What is older goes at once, in the
    /// background.
    ///
    /// # Errors
    /// `InvalidRequest` when the days are not 1 to 3650; or the store's.
    pub async fn keep(&self, days: Option<u32>) -> Result<DataView, Failure> {
        let days = days.map(|days| checked(days, "/retention_days")).transpose()?;
        self.inner.store.set_retention(days).await?;
        tracing::info!(days, "how long data is kept was changed");
        if days.is_some() {
            self.inner.sweep.going.store(true, Relaxed);
        }
        self.inner.sweep.wake.notify_one();
        self.data(None).await
    }
}

impl Inner {
    /// Removes what is old: now, then at every interval, and when somebody changes how long data is kept.
    pub(crate) fn begin_to_sweep(self: &Arc<Self>) {
        let inner = self.clone();
        self.watchers.spawn(async move {
            let hard = inner.hard.clone();
            hard.run_until_cancelled(async {
                loop {
                    if let Err(error) = inner.sweep_once().await {
                        tracing::error!(%error, "what is old could not be removed; it is tried again later");
                    }
                    inner.sweep.going.store(false, Relaxed);
                    tokio::select! {
                        () = sleep(inner.config.retention_interval) => {}
                        () = inner.sweep.wake.notified() => {}
                    }
                }
            })
            .await;
        });
    }

    async fn sweep_once(&self) -> StoreResult<()> {
        let mut gone = Removable::default();
        // Read before every step: somebody may have changed their mind.
        while let Some(days) = self.store.retention().await? {
            let step = self.store.remove_old(days_ago(days), STEP_EVENTS).await?;
            gone.runs += step.runs.len() as u64;
            gone.conversations += step.conversations;
            if step.runs.is_empty() {
                break;
            }
            self.sweep.going.store(true, Relaxed);
        }
        if gone != Removable::default() {
            tracing::info!(gone.runs, gone.conversations, "removed what was older than it is to be kept");
            self.tell(HubNews::Missed);
        }
        Ok(())
    }

    /// Writes down that a token was used, in the background: nobody waits for it.
    pub(crate) fn token_used(self: &Arc<Self>, token: &ApiToken) {
        let (id, time) = (token.id, Instant::now());
        {
            let mut uses = lock(&self.token_uses);
            if uses.get(&id).is_some_and(|last| time.duration_since(*last) < TOKEN_INTERVAL) {
                return;
            }
            uses.insert(id, time);
        }
        let inner = self.clone();
        self.watchers.spawn(async move {
            if let Err(error) = inner.store.token_used(id, now()).await {
                tracing::warn!(%error, token = %id, "the last use of a token could not be written down");
            }
        });
    }
}

fn checked(days: u32, place: &str) -> Result<u32, Failure> {
    if (1..=MOST_DAYS).contains(&days) {
        return Ok(days);
    }
    let message = format!("Data can be kept for 1 to {MOST_DAYS} days, not for {days}.");
    Err(Failure::new(ErrorCode::InvalidRequest, message).hint("To keep it for ever, say null.").at(place))
}

fn days_ago(days: u32) -> Timestamp {
    now() - SignedDuration::from_hours(24 * i64::from(days))
}
