//! The supervisor: keeps one connection to a server while the backend is there, and makes a new one when it is lost.

use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use futures_util::FutureExt as _;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::BackendHost,
};
use rmcp::model::SubscriptionFilter;
use serde_json::Value;
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    connect::{Connector, Memory},
    session::Session,
    wire::{Change, OnChange},
};

/// Between tries to reach a server at an address that is away: it is back within a second of being back.
const AWAY: Duration = Duration::from_millis(500);
/// How long a call waits for a server that was there before, and between two looks.
const MOMENT: Duration = Duration::from_secs(2);
const SOON: Duration = Duration::from_millis(100);
/// After this long it is looked for less often.
const LONG_AWAY: Duration = Duration::from_secs(600);
const LONG_PAUSE: Duration = Duration::from_secs(5);
/// A program that keeps failing is started with growing pauses, up to this.
const MOST_PAUSE: Duration = Duration::from_secs(30);
/// A program that lived this long has started well.
const WELL: Duration = Duration::from_secs(10);

/// Where a connection stands.
#[derive(Clone)]
enum State {
    /// Nobody has asked for it yet.
    Idle,
    Connecting,
    Up(Arc<Session>),
    Down(Failure),
}

struct Standing {
    state: State,
    /// How many attempts have ended.
    attempts: u64,
}

/// One backend's connection; ended when dropped.
pub(crate) struct Link {
    inner: Arc<Inner>,
}

struct Inner {
    connector: Connector,
    host: Arc<dyn BackendHost>,
    memory: Mutex<Memory>,
    standing: watch::Sender<Standing>,
    /// Somebody wants a connection now.
    wanted: Notify,
    /// The connection is to be made anew.
    renew: Notify,
    begun: AtomicBool,
    /// There was a connection before.
    was_up: AtomicBool,
    stop: CancellationToken,
}

impl Link {
    pub(crate) fn new(connector: Connector, host: Arc<dyn BackendHost>, memory: Memory) -> Self {
        let inner = Inner {
            connector,
            host,
            memory: Mutex::new(memory),
            standing: watch::Sender::new(Standing { state: State::Idle, attempts: 0 }),
            wanted: Notify::new(),
            renew: Notify::new(),
            begun: AtomicBool::new(false),
            was_up: AtomicBool::new(false),
            stop: CancellationToken::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The connection, made when there is none. Waits for at most one attempt that begins after the call, a moment longer for a
    /// server that was there and may just be starting again, and at most `patience`.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn session(&self, patience: Duration) -> Result<Arc<Session>, Failure> {
        let inner = &self.inner;
        if !inner.begun.swap(true, Relaxed) {
            tokio::spawn(inner.clone().run());
        }
        let mut standing = inner.standing.subscribe();
        let before = standing.borrow().attempts;
        inner.wanted.notify_one();
        let began = Instant::now();
        let found = timeout(patience, async {
            loop {
                let away = {
                    let now = standing.borrow_and_update();
                    match &now.state {
                        State::Up(session) if !session.is_closed() => return Ok(session.clone()),
                        State::Down(failure) if now.attempts > before => {
                            if !inner.may_be_starting(failure, began) {
                                return Err(failure.clone());
                            }
                            true
                        }
                        _ => false,
                    }
                };
                if away {
                    sleep(SOON).await;
                    inner.wanted.notify_one();
                }
                if standing.changed().await.is_err() {
                    return Err(Failure::new(ErrorCode::PeerConnectionLost, "The backend is being closed."));
                }
            }
        });
        found.await.unwrap_or_else(|_| {
            let place = inner.connector.config.place();
            let message = format!("{place} is not connected after {} ms.", patience.as_millis());
            Err(Failure::new(ErrorCode::PeerNoAnswer, message)
                .hint("The hub goes on trying; see the backend's log."))
        })
    }

    /// The connection, if there is one right now.
    pub(crate) fn current(&self) -> Option<Arc<Session>> {
        match &self.inner.standing.borrow().state {
            State::Up(session) if !session.is_closed() => Some(session.clone()),
            _ => None,
        }
    }

    /// Tries now, if there is no connection: what was in the way may be out of it.
    pub(crate) fn wake(&self) {
        self.inner.wanted.notify_one();
    }

    /// Makes the connection anew: what is configured around it (a token) has changed.
    pub(crate) fn renew(&self) {
        self.inner.renew.notify_one();
        self.inner.wanted.notify_one();
    }

    pub(crate) fn connector(&self) -> &Connector {
        &self.inner.connector
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.inner.stop.cancel();
    }
}

impl Inner {
    /// Whether a server that was there before may be back in a moment.
    fn may_be_starting(&self, failure: &Failure, since: Instant) -> bool {
        let is_away = matches!(failure.code, ErrorCode::PeerUnreachable | ErrorCode::PeerConnectionLost);
        is_away && self.was_up.load(Relaxed) && since.elapsed() < MOMENT
    }

    async fn run(self: Arc<Self>) {
        let stop = self.stop.clone();
        let mut pause = Pause::new(self.connector.config.is_local());
        loop {
            // What was asked for until now is what begins.
            let _ = self.renew.notified().now_or_never();
            self.stand(State::Connecting, false);
            let mut memory = *self.memory.lock().unwrap_or_else(PoisonError::into_inner);
            let on_change = on_change(&self);
            let connecting = self.connector.connect(&mut memory, on_change).boxed();
            let connecting = stop.run_until_cancelled(connecting).await;
            let Some(connected) = connecting else { return };
            match connected {
                Ok(session) => {
                    *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = memory;
                    let since = Instant::now();
                    self.stand(State::Up(session.clone()), true);
                    if self.was_up.swap(true, Relaxed) {
                        // What it offers may be another now.
                        self.host.catalogue_changed();
                    }
                    self.host.connection_changed();
                    let listening = tokio::spawn(listen(session.clone(), stop.clone()));
                    tokio::select! {
                        () = session.closed() => {}
                        () = self.renew.notified() => {}
                        () = stop.cancelled() => {}
                    }
                    listening.abort();
                    let why = session.wire().loss().unwrap_or_else(|| self.lost());
                    if stop.is_cancelled() {
                        session.close().await;
                        return;
                    }
                    self.stand(State::Down(why), false);
                    self.host.connection_changed();
                    // The old one takes its time to end; the new one need not wait for that.
                    tokio::spawn(async move { session.close().await });
                    pause.lived(since.elapsed());
                }
                Err(failure) => {
                    self.connector.journal.hub(failure.message.clone());
                    pause.failed(&failure);
                    self.stand(State::Down(failure), true);
                }
            }
            tokio::select! {
                () = sleep(pause.next()) => {}
                () = self.wanted.notified() => {}
                () = stop.cancelled() => return,
            }
        }
    }

    fn stand(&self, state: State, is_end: bool) {
        self.standing.send_modify(|standing| {
            standing.state = state;
            standing.attempts += u64::from(is_end);
        });
    }

    fn lost(&self) -> Failure {
        let message = format!("The connection to {} was lost.", self.connector.config.place());
        Failure::new(ErrorCode::PeerConnectionLost, message).hint("The hub connects again by itself.")
    }
}

/// The wire tells what changes; it must not keep the link alive.
fn on_change(inner: &Arc<Inner>) -> OnChange {
    let inner: Weak<Inner> = Arc::downgrade(inner);
    Arc::new(move |change| {
        let Some(inner) = inner.upgrade() else { return };
        match change {
            Change::Lists => inner.host.catalogue_changed(),
            Change::SessionLost | Change::StreamLost => {
                let is_busy = match &inner.standing.borrow().state {
                    State::Up(session) => session.wire().is_busy(),
                    _ => true,
                };
                // A call that goes on may still be taken up where it was; it tells by itself when it cannot.
                if !is_busy {
                    inner.renew.notify_one();
                }
            }
        }
    })
}

/// Hears of changes where the server only tells those who listen (2026-07-28).
async fn listen(session: Arc<Session>, stop: CancellationToken) {
    if !session.is_modern() {
        return;
    }
    let capabilities = session.hello()["capabilities"].clone();
    let tells = |list: &str| capabilities[list]["listChanged"] == Value::Bool(true);
    let mut filter = SubscriptionFilter::new();
    filter.tools_list_changed = tells("tools").then_some(true);
    filter.prompts_list_changed = tells("prompts").then_some(true);
    filter.resources_list_changed = tells("resources").then_some(true);
    if filter == SubscriptionFilter::new() {
        return;
    }
    let mut pause = Duration::from_millis(500);
    while !session.is_closed() && !stop.is_cancelled() {
        let began = Instant::now();
        if let Ok(mut subscription) = session.peer().listen(filter.clone()).await {
            // The wire has told already; this only keeps it open.
            while let Ok(Some(_)) = subscription.next().await {}
        }
        if began.elapsed() > MOST_PAUSE {
            pause = Duration::from_millis(500);
        }
        sleep(pause).await;
        pause = (pause * 2).min(MOST_PAUSE);
    }
}

/// How long to wait before the next attempt.
struct Pause {
    is_local: bool,
    next: Duration,
    away_since: Option<Instant>,
    /// Trying again by itself would not help: a person has to do something.
    is_stuck: bool,
}

impl Pause {
    fn new(is_local: bool) -> Self {
        Self { is_local, next: Duration::ZERO, away_since: None, is_stuck: false }
    }

    /// A connection was lost after this long.
    fn lived(&mut self, time: Duration) {
        self.away_since = None;
        self.is_stuck = false;
        self.next = if time >= WELL || !self.is_local { Duration::from_millis(50) } else { self.grown() };
    }

    fn failed(&mut self, failure: &Failure) {
        self.away_since.get_or_insert_with(Instant::now);
        self.is_stuck = matches!(
            failure.code,
            ErrorCode::PeerSignIn | ErrorCode::PeerUnauthorized | ErrorCode::InvalidConfig
        );
        self.next = self.grown();
    }

    fn grown(&self) -> Duration {
        (self.next * 2).clamp(Duration::from_millis(200), MOST_PAUSE)
    }

    fn next(&self) -> Duration {
        let long = self.away_since.is_some_and(|since| since.elapsed() > LONG_AWAY);
        if self.is_stuck {
            MOST_PAUSE
        } else if self.is_local {
            self.next
        } else if long {
            LONG_PAUSE
        } else {
            self.next.min(AWAY)
        }
    }
}
