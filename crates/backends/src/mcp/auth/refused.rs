//! A request was refused: a new token, a person, or nothing that a sign-in could mend.

use std::{sync::Arc, time::Duration};

use jackfield_protocol::error::{ErrorCode, Failure};
use tokio::time::Instant;

use super::{
    Retry,
    challenge::{self, Challenge},
    discover::shown,
    held::{Futile, Inner, sign_in},
    renew::Cause,
};

/// A token that came of a refusal and is refused itself within this time is not renewed once more.
const JUST_NOW: Duration = Duration::from_secs(60);
/// How often a person is asked for scopes that were asked for already.
const MOST_STEP_UPS: u32 = 2;
/// What is longer ago was another matter: meanwhile the sign-in helped.
const IN_A_ROW: Duration = Duration::from_secs(900);

impl Inner {
    pub(super) async fn challenged(
        self: &Arc<Self>,
        sent: Option<&str>,
        status: u16,
        header: Option<&str>,
    ) -> Result<Retry, Failure> {
        self.keep_fresh();
        let challenge = header.and_then(Challenge::of);
        let lacks_scope = challenge.as_ref().is_some_and(Challenge::lacks_scope);
        // Some servers say 403 to everybody who has not signed in.
        let unknown = status == 401 || (status == 403 && sent.is_none() && challenge.is_some());
        if !unknown && !lacks_scope {
            return Err(forbidden(status));
        }
        let (current, first) = {
            let mut held = self.held();
            let first = held.challenge.is_none();
            // A step up asks for more; the sign-in as such is as it was.
            if unknown || first {
                held.challenge = Some(challenge.clone().unwrap_or_default());
            }
            (held.access().map(str::to_owned), first)
        };
        match current {
            // Somebody else got a new one meanwhile.
            Some(current) if sent != Some(current.as_str()) => Ok(Retry),
            Some(current) if lacks_scope => {
                self.lacks_scope(&current, &challenge.unwrap_or_default().scopes).await
            }
            Some(current) => self.token_refused(&current).await,
            None if self.config.mode.asks_a_person() => {
                // Once: whoever looks at the connection then is refused again.
                if first {
                    self.host.connection_changed();
                }
                Err(sign_in("The server wants somebody to sign in."))
            }
            None => self.renew("", Cause::Refused).await.map(|()| Retry),
        }
    }

    async fn token_refused(self: &Arc<Self>, current: &str) -> Result<Retry, Failure> {
        let (just_renewed, renews) = {
            let held = self.held();
            let fresh = held.fresh.as_ref();
            let fresh = fresh.is_some_and(|(token, at)| token == current && at.elapsed() < JUST_NOW);
            (fresh, held.tokens().is_some_and(|tokens| tokens.refresh.is_some()))
        };
        if !self.config.mode.asks_a_person() {
            if just_renewed {
                let message = "The server refuses a token that its own sign-in server has just given.";
                return Err(Failure::new(ErrorCode::PeerUnauthorized, message)
                    .status(401)
                    .hint("Check the client's permissions at the sign-in server, and whether it is the right one for this server."));
            }
            return self.renew(current, Cause::Refused).await.map(|()| Retry);
        }
        if renews && !just_renewed {
            return self.renew(current, Cause::Refused).await.map(|()| Retry);
        }
        let _turn = self.turn.lock().await;
        let record = self.held().record.clone();
        match record.filter(|record| record.tokens.as_ref().is_some_and(|tokens| tokens.access == current)) {
            Some(record) => {
                self.give_up(record, false).await;
                Err(sign_in("The server no longer takes the sign-in."))
            }
            // Another caller, or a person, was faster.
            None if self.held().access().is_some() => Ok(Retry),
            None => Err(sign_in("The server no longer takes the sign-in.")),
        }
    }

    async fn lacks_scope(self: &Arc<Self>, current: &str, needed: &[String]) -> Result<Retry, Failure> {
        let list = needed.iter().map(|scope| shown(scope)).collect::<Vec<_>>().join(", ");
        let missing = Failure::new(
            ErrorCode::PeerScopeMissing,
            if needed.is_empty() {
                "The server wants a permission that the sign-in lacks, and does not say which.".to_owned()
            } else {
                format!("The server wants permissions that the sign-in lacks: {list}.")
            },
        )
        .status(403)
        .hint("They were asked for and not given, or did not help: the server's owner has to allow them for this account or client.");
        if needed.is_empty() {
            return Err(missing);
        }
        let (futile, more) = {
            let mut held = self.held();
            let before = held.missing.len();
            let asked = held.record.as_ref().map(|record| record.asked.clone()).unwrap_or_default();
            held.futile.refused(current, needed.iter().all(|scope| asked.contains(scope)));
            for scope in needed {
                challenge::add(&mut held.missing, scope);
            }
            (held.futile.count, held.missing.len() > before)
        };
        if !self.config.mode.asks_a_person() {
            if futile > 0 {
                return Err(missing);
            }
            return self.renew(current, Cause::Refused).await.map(|()| Retry);
        }
        if futile >= MOST_STEP_UPS {
            self.held().missing.clear();
            return Err(missing);
        }
        if more {
            self.host.connection_changed();
        }
        Err(sign_in(format!(
            "This needs permissions that the sign-in lacks: {list}. A further sign-in asks for them."
        ))
        .status(403))
    }
}

impl Futile {
    /// A token was refused for scopes; `asked`: its sign-in had asked for all of them.
    fn refused(&mut self, token: &str, asked: bool) {
        let recent = self.last.as_ref().filter(|(_, at)| at.elapsed() < IN_A_ROW);
        match recent {
            _ if !asked => *self = Self::default(),
            // Many requests with one token count once.
            Some((known, _)) if known == token => {}
            recent => {
                self.count = recent.map_or(0, |_| self.count) + 1;
                self.last = Some((token.to_owned(), Instant::now()));
            }
        }
    }
}

fn forbidden(status: u16) -> Failure {
    Failure::new(ErrorCode::PeerUnauthorized, format!("The server refuses the request (status {status})."))
        .status(status)
        .hint("Who is signed in may not do this there; the server's owner can tell why.")
}
