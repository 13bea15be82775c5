//! New tokens without a person: before the old ones end, and after they were refused. One request at a time, however many wait for it.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use jackfield_protocol::error::{ErrorCode, Failure};
use tokio::{sync::Notify, time::Instant};

use super::{
    client::Origin,
    discover::{discover, shown},
    held::{Inner, seconds, sign_in},
    record::Record,
    token::{self, Refusal, Tokens, What},
};

/// Nobody asks again this soon after it failed.
const PAUSE: Duration = Duration::from_secs(3);
/// When nobody waits, it is tried again after this long.
const AGAIN: Duration = Duration::from_secs(60);
/// Longest sleep: the clock may be set, and a machine may have slept.
const NAP: Duration = Duration::from_secs(300);

/// Why tokens are renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// They are about to end.
    Due,
    /// The server refused them.
    Refused,
}

impl Inner {
    pub(super) async fn bearer(self: &Arc<Self>) -> Result<Option<String>, Failure> {
        self.keep_fresh();
        let Some(tokens) = self.held().tokens().cloned() else { return Ok(None) };
        let renews = tokens.refresh.is_some() || !self.config.mode.asks_a_person();
        // One that cannot be renewed is sent even when it has ended: the server has the last word, and says what it wants.
        if !renews || !tokens.is_due(seconds()) {
            return Ok(Some(tokens.access));
        }
        match self.renew(&tokens.access, Cause::Due).await {
            Ok(()) => Ok(self.held().access().map(str::to_owned)),
            Err(failure) if failure.code != ErrorCode::PeerSignIn && !tokens.has_ended(seconds()) => {
                Ok(Some(tokens.access))
            }
            Err(failure) => Err(failure),
        }
    }

    /// Gets tokens in place of these. Goes on when the caller leaves: a refresh token often works once, and its answer must not be lost.
    pub(super) async fn renew(self: &Arc<Self>, spent: &str, cause: Cause) -> Result<(), Failure> {
        let tries = self.held().tries;
        let (inner, spent) = (self.clone(), spent.to_owned());
        let renewal = tokio::spawn(async move { inner.renew_in_turn(&spent, tries, cause).await });
        renewal.await.unwrap_or_else(|_| Err(Failure::internal("The renewal of a sign-in ended early.")))
    }

    async fn renew_in_turn(&self, spent: &str, tries: u64, cause: Cause) -> Result<(), Failure> {
        let _turn = self.turn.lock().await;
        {
            let held = self.held();
            // Somebody else was faster.
            if held.access().is_some_and(|access| access != spent) {
                return Ok(());
            }
            if let Some((failure, at)) = &held.last
                && (held.tries != tries || at.elapsed() < PAUSE)
            {
                return Err(failure.clone());
            }
        }
        let renewed =
            if self.config.mode.asks_a_person() { self.refresh(cause).await } else { self.grant().await };
        let renewed = renewed.map_err(|failure| self.clean(failure));
        let mut held = self.held();
        held.tries += 1;
        held.last = renewed.as_ref().err().map(|failure| (failure.clone(), Instant::now()));
        // One that comes in place of none was not refused yet.
        if cause == Cause::Refused && !spent.is_empty() {
            held.fresh = held.access().map(|access| (access.to_owned(), Instant::now()));
        }
        renewed
    }

    async fn refresh(&self, cause: Cause) -> Result<(), Failure> {
        let Some(mut record) = self.held().record.clone() else {
            return Err(sign_in("Nobody is signed in."));
        };
        let refresh = record.tokens.as_ref().and_then(|tokens| tokens.refresh.clone());
        let (Some(old), Some(refresh)) = (record.tokens.clone(), refresh) else {
            return Err(sign_in("The sign-in has ended."));
        };
        if cause == Cause::Refused {
            record = self.still_there(record).await?;
        }
        let now = seconds();
        let proof = self.proof(&record.client, &record.server, now)?;
        let form = vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.as_str()),
            ("resource", record.resource.as_str()),
        ];
        let answer = token::ask(&self.http, &record.server, &record.client, &proof, form).await;
        drop(proof);
        match answer.and_then(|answer| Ok(Tokens::read(&answer, &old.scopes, now)?)) {
            Ok(mut tokens) => {
                // RFC 6749, section 6: none in the answer means that the old one stays good.
                tokens.refresh.get_or_insert(refresh);
                record.tokens = Some(tokens);
                self.take_over(record).await;
                Ok(())
            }
            Err(Refusal { what: what @ (What::Grant | What::Client), failure }) => {
                self.give_up(record, what == What::Client).await;
                Err(sign_in(format!("The sign-in has ended. {}", failure.message)))
            }
            Err(Refusal { failure, what: What::Nothing })
                if cause == Cause::Refused && failure.code == ErrorCode::PeerRejected =>
            {
                Err(sign_in(format!("The sign-in is refused and could not be renewed. {}", failure.message)))
            }
            Err(refusal) => Err(refusal.failure),
        }
    }

    /// Puts renewed tokens in place. The connection did not change by it.
    pub(super) async fn take_over(&self, record: Record) {
        self.learn(record.secrets());
        self.held().record = Some(record);
        self.changed.notify_one();
        self.save_quietly().await;
    }

    /// The tokens are no longer good; with `client`: nor is the client that registered itself.
    pub(super) async fn give_up(&self, mut record: Record, client: bool) {
        record.tokens = None;
        let forget = client && record.client.origin == Origin::Registered;
        if let Err(failure) = self.replace((!forget).then_some(record)).await {
            tracing::warn!(%failure, "a sign-in has ended, but could not be removed");
        }
    }

    /// A server that refuses a token may sign in elsewhere now: then nothing of the old place is good, and nothing of it is sent to the new one.
    async fn still_there(&self, mut record: Record) -> Result<Record, Failure> {
        let challenge = self.held().challenge.clone();
        let issuer = record.server.issuer.clone();
        match discover(&self.http, &self.config.server_url, challenge.as_ref(), Some(&issuer)).await {
            Ok(found) if found.named && found.server.issuer != issuer => {
                let message = format!(
                    "The server signs in at {} now, no longer at {}.",
                    shown(&found.server.issuer),
                    shown(&issuer)
                );
                // A client that was entered stays bound to where it was entered for.
                self.give_up(record, true).await;
                Err(sign_in(message))
            }
            Ok(found) => {
                if found.server.issuer == issuer && !found.server.assumed {
                    record.server = found.server;
                }
                Ok(record)
            }
            // Something is there, and it is wrong.
            Err(failure) if failure.code == ErrorCode::PeerBadAnswer => Err(failure),
            // It cannot be looked at now; what was true before is tried.
            Err(_) => Ok(record),
        }
    }

    /// Renews tokens without anybody waiting, for as long as this sign-in is there. Begins once.
    pub(super) fn keep_fresh(self: &Arc<Self>) {
        if !self.config.mode.asks_a_person() {
            return;
        }
        let mut keeper = self.keeper();
        if keeper.is_none() {
            let (inner, changed) = (Arc::downgrade(self), self.changed.clone());
            *keeper = Some(tokio::spawn(keep(inner, changed)).abort_handle());
        }
    }

    /// The tokens that can be renewed, and when they should be, in seconds of the epoch.
    fn renewal(&self) -> Option<(String, i64)> {
        let held = self.held();
        let tokens =
            held.tokens().filter(|tokens| tokens.refresh.is_some() && !tokens.has_ended(seconds()))?;
        Some((tokens.access.clone(), tokens.renew_at()?))
    }
}

async fn keep(inner: Weak<Inner>, changed: Arc<Notify>) {
    let mut pause = None;
    loop {
        let Some(strong) = inner.upgrade() else { return };
        let renewal = strong.renewal();
        drop(strong);
        let wait = match (&renewal, pause.take()) {
            (None, _) => None,
            (Some(_), Some(pause)) => Some(pause),
            (Some((_, at)), None) => {
                Some(Duration::from_secs(u64::try_from(at - seconds()).unwrap_or(0)).min(NAP))
            }
        };
        match wait {
            None => changed.notified().await,
            Some(wait) => {
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = changed.notified() => continue,
                }
            }
        }
        let Some(strong) = inner.upgrade() else { return };
        if let Some((spent, at)) = strong.renewal()
            && at <= seconds()
            && let Err(failure) = strong.renew(&spent, Cause::Due).await
        {
            tracing::debug!(%failure, "tokens could not be renewed ahead of time");
            pause = Some(AGAIN);
        }
    }
}
