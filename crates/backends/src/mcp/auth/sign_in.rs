//! A person signs in, and out.

use std::sync::Arc;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::{SignIn, SignInAnswer},
};

use super::{
    challenge::Challenge,
    client::Client,
    discover::{discover, shown},
    held::{Futile, Inner, seconds, sign_in},
    pending::{Pending, check_redirect, scopes},
    record::Record,
    server::{IT, Server},
    token::{self, Tokens},
};

impl Inner {
    pub(super) async fn begin(&self, redirect_uri: &str) -> Result<SignIn, Failure> {
        let begun = self.begin_at(redirect_uri).await;
        begun.map_err(|failure| self.clean(failure))
    }

    async fn begin_at(&self, redirect_uri: &str) -> Result<SignIn, Failure> {
        if !self.config.mode.asks_a_person() {
            let message = "The hub signs in to this server by itself, with what was entered.";
            return Err(Failure::new(ErrorCode::InvalidRequest, message)
                .hint("Choose the sign-in by a person in the backend's options to sign in yourself."));
        }
        check_redirect(redirect_uri)?;
        let challenge = self.asked_for().await;
        let known = self.held().issuer();
        let found =
            discover(&self.http, &self.config.server_url, challenge.as_ref(), known.as_deref()).await?;
        let page = found.server.gives_codes()?.to_owned();
        let scopes = {
            let held = self.held();
            let challenged =
                challenge.as_ref().map(|challenge| challenge.scopes.as_slice()).unwrap_or_default();
            let before = held.record.as_ref().filter(|record| record.server.issuer == found.server.issuer);
            let before = before.map(|record| record.asked.as_slice()).unwrap_or_default();
            scopes(&self.config, &found, challenged, before, &held.missing)
        };
        let client = self.client(&found.server, redirect_uri, &scopes).await?;
        let pending = Pending::new(redirect_uri.to_owned(), found, client, scopes)?;
        let url = pending.address(&page)?;
        self.http.check(&url, IT)?;
        let begun = SignIn { url: url.to_string(), state: pending.state.clone() };
        let mut held = self.held();
        held.doubted = Some(pending.client.id.clone());
        held.waiting.add(pending);
        Ok(begun)
    }

    /// What the server asked for; where it was not asked anything yet, it is now.
    async fn asked_for(&self) -> Option<Challenge> {
        {
            let held = self.held();
            if held.challenge.is_some() {
                return held.challenge.clone();
            }
            let place = held.record.as_ref().and_then(|record| record.resource_metadata.clone());
            if place.is_some() {
                return Some(Challenge { resource_metadata: place, ..Challenge::default() });
            }
        }
        // A server that cannot be reached is told by what follows.
        let header = self.http.probe().await.ok().flatten()?;
        let challenge = Challenge::of(&header).unwrap_or_default();
        self.held().challenge = Some(challenge.clone());
        Some(challenge)
    }

    /// The hub as a client: entered, described by a document, or registered; in this order.
    async fn client(&self, server: &Server, redirect: &str, scopes: &[String]) -> Result<Client, Failure> {
        if let Some(given) = self.given(server)? {
            return Ok(given);
        }
        if let Some(document) = Client::document(&self.config, server)? {
            return Ok(document);
        }
        let known = {
            let held = self.held();
            let client = held.record.as_ref().map(|record| &record.client);
            // One whose last sign-in was never finished may be forgotten there: the person saw an error page that the hub does not see.
            client.filter(|client| held.doubted.as_ref() != Some(&client.id)).cloned()
        };
        if let Some(known) = known.filter(|known| known.serves(&server.issuer, redirect, scopes, seconds())) {
            return Ok(known);
        }
        let mut redirects = vec![redirect.to_owned()];
        // Both of a kind: servers refuse a client that is at once a program of a person's machine and one of the web.
        let other = self.config.redirect_default.as_deref().filter(|other| {
            *other != redirect && check_redirect(other).is_ok() && kind(other) == kind(redirect)
        });
        redirects.extend(other.map(str::to_owned));
        let client =
            Client::register(&self.http, server, &self.config.client_name, redirects, scopes).await?;
        self.learn(client.secret.clone().into_iter().collect());
        Ok(client)
    }

    pub(super) async fn finish(self: &Arc<Self>, answer: &SignInAnswer) -> Result<(), Failure> {
        self.keep_fresh();
        let (inner, answer) = (self.clone(), answer.clone());
        let finished = tokio::spawn(async move {
            let finished = inner.finish_with(&answer).await;
            finished.map_err(|failure| inner.clean(failure))
        });
        finished.await.unwrap_or_else(|_| Err(Failure::internal("A sign-in ended early.")))
    }

    async fn finish_with(&self, answer: &SignInAnswer) -> Result<(), Failure> {
        let pending = {
            let mut held = self.held();
            let Some(pending) = held.waiting.get(&answer.state) else { return Err(not_known()) };
            // An answer of somebody else neither ends the sign-in nor is a word of it shown.
            pending.is_answered_by(answer.iss.as_deref())?;
            held.waiting.take(&answer.state).ok_or_else(not_known)?
        };
        if let Some(error) = &answer.error {
            let words = answer.error_description.clone().map(|words| self.http.secrecy.text(words));
            return Err(declined(error, words.as_deref()));
        }
        let Some(code) = answer.code.as_deref().filter(|code| !code.is_empty()) else {
            return Err(Failure::new(
                ErrorCode::PeerBadAnswer,
                "The sign-in server sent the browser back without a code.",
            )
            .hint("Sign in again. If it comes again, look at the sign-in server's own log."));
        };
        let _turn = self.turn.lock().await;
        let now = seconds();
        let server = &pending.found.server;
        let proof = self.proof(&pending.client, server, now)?;
        let form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", pending.redirect.as_str()),
            ("code_verifier", pending.verifier.as_str()),
            ("resource", pending.found.resource.as_str()),
        ];
        let answer = token::ask(&self.http, server, &pending.client, &proof, form).await;
        drop(proof);
        let tokens = answer.and_then(|answer| Ok(Tokens::read(&answer, &pending.scopes, now)?));
        let tokens = tokens.map_err(|refusal| refusal.failure)?;
        let mut record = Record::new(
            self.config.server_url.as_str(),
            pending.found.resource,
            pending.found.server,
            pending.client,
            Some(tokens),
            pending.scopes,
        );
        {
            let mut held = self.held();
            record.resource_metadata =
                held.challenge.as_ref().and_then(|challenge| challenge.resource_metadata.clone());
            held.missing.clear();
            held.doubted = None;
            held.last = None;
        }
        self.replace(Some(record)).await
    }

    pub(super) async fn sign_out(self: &Arc<Self>) -> Result<(), Failure> {
        let _turn = self.turn.lock().await;
        let record = {
            let mut held = self.held();
            held.waiting.clear();
            held.missing.clear();
            held.futile = Futile::default();
            held.doubted = None;
            held.last = None;
            held.record.take()
        };
        let removed = self.replace(None).await;
        if let Some(record) = record
            && let Err(failure) = self.revoke(&record).await
        {
            let failure = self.clean(failure);
            tracing::warn!(%failure, "signed out here, but the sign-in server did not take the tokens back");
        }
        removed
    }

    /// The refresh token first: with it the access tokens go, at most servers.
    async fn revoke(&self, record: &Record) -> Result<(), Failure> {
        let Some(tokens) = &record.tokens else { return Ok(()) };
        let proof = self.proof(&record.client, &record.server, seconds())?;
        if let Some(refresh) = &tokens.refresh {
            token::revoke(&self.http, &record.server, &record.client, &proof, refresh, "refresh_token")
                .await?;
        }
        token::revoke(&self.http, &record.server, &record.client, &proof, &tokens.access, "access_token")
            .await
    }
}

/// Whether an address is one of this machine.
fn kind(redirect: &str) -> bool {
    redirect.starts_with("http:")
}

fn not_known() -> Failure {
    Failure::new(ErrorCode::InvalidRequest, "This sign-in is not known (any more).")
        .hint("It has to be finished within ten minutes, once, by the hub that began it. Begin a new one.")
}

fn declined(error: &str, description: Option<&str>) -> Failure {
    let words = description.map(shown).filter(|words| !words.trim().is_empty());
    let words = words.map_or_else(String::new, |words| format!(", '{}'", words.trim_end_matches('.')));
    if error == "access_denied" {
        return sign_in(format!("The sign-in was declined{words}."));
    }
    Failure::new(ErrorCode::PeerRejected, format!("The sign-in server gives no code: {}{words}.", shown(error)))
        .hint("Sign in again. If it comes again, look at the sign-in server's own log, and check the scopes that were chosen.")
}
