//! Tokens without a person: client credentials by secret or signature, workload identity, and an identity provider's word (the exchanges of the
//! last by the SDK).

use jackfield_protocol::error::{ErrorCode, Failure};
use oauth2::{ClientSecret, RefreshToken};
use rmcp::transport::auth::enterprise::{
    EmaAuthorizationServer, EmaClientAuthentication, EmaError, EmaExchangeRequest, EmaExchangeStage,
};
use url::Url;

use super::{
    AuthMode,
    client::{Client, Method},
    discover::{Discovery, discover, shown},
    held::{Inner, lacks, seconds},
    pending::scopes,
    record::Record,
    server::IT,
    token::{self, Proof, Refusal, Tokens, What},
};

impl Inner {
    /// Gets tokens in the configured way. The authorization server is looked up each time: it may have changed.
    pub(super) async fn grant(&self) -> Result<(), Failure> {
        let (challenge, known, asked, missing) = {
            let held = self.held();
            let asked = held.record.as_ref().map(|record| record.asked.clone()).unwrap_or_default();
            (held.challenge.clone(), held.issuer(), asked, held.missing.clone())
        };
        let found =
            discover(&self.http, &self.config.server_url, challenge.as_ref(), known.as_deref()).await?;
        let client = self.given(&found.server)?.ok_or_else(no_client_id)?;
        let challenged = challenge.map(|challenge| challenge.scopes).unwrap_or_default();
        let mut scopes = scopes(&self.config, &found, &challenged, &asked, &missing);
        // Nobody is offline: there is nobody.
        scopes.retain(|scope| scope != "offline_access");
        let tokens = match &self.config.mode {
            AuthMode::EnterpriseManaged { idp_issuer, idp_token_endpoint, idp_client_id } => {
                let idp = EmaAuthorizationServer::new(idp_issuer, idp_token_endpoint, idp_client_id);
                self.by_identity_provider(idp, &found, &client, &scopes).await?
            }
            _ => self.by_token_endpoint(&found, &client, &scopes).await?,
        };
        let record = Record::new(
            self.config.server_url.as_str(),
            found.resource,
            found.server,
            client,
            Some(tokens),
            scopes,
        );
        self.held().missing.clear();
        self.take_over(record).await;
        Ok(())
    }

    async fn by_token_endpoint(
        &self,
        found: &Discovery,
        client: &Client,
        scopes: &[String],
    ) -> Result<Tokens, Failure> {
        let now = seconds();
        let scope = scopes.join(" ");
        let mut form = Vec::new();
        if self.config.mode == AuthMode::Workload {
            let assertion = self.secrets.get("assertion").ok_or_else(|| lacks("assertion"))?;
            form.push(("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"));
            form.push(("assertion", assertion));
        } else {
            form.push(("grant_type", "client_credentials"));
        }
        if !scope.is_empty() {
            form.push(("scope", scope.as_str()));
        }
        form.push(("resource", found.resource.as_str()));
        let proof = self.proof(client, &found.server, now)?;
        if self.config.mode == AuthMode::ClientCredentials && matches!(proof, Proof::Secret(None)) {
            return Err(lacks("client_secret"));
        }
        if let Some(signer) = &self.signer
            && let Some(known) = &found.server.token_endpoint_auth_signing_alg_values_supported
            && !known.iter().any(|name| name == signer.algorithm().name())
        {
            let message = format!(
                "The sign-in server does not take signatures by {}, but by {}.",
                signer.algorithm().name(),
                shown(&known.join(", "))
            );
            return Err(Failure::new(ErrorCode::InvalidConfig, message)
                .hint("Choose one of those in the backend's options, with a key that belongs to it."));
        }
        let answer = token::ask(&self.http, &found.server, client, &proof, form).await.map_err(refused)?;
        let mut tokens = Tokens::read(&answer, scopes, now)?;
        // The same request gets new ones; what is not kept cannot be stolen.
        tokens.refresh = None;
        Ok(tokens)
    }

    async fn by_identity_provider(
        &self,
        idp: EmaAuthorizationServer,
        found: &Discovery,
        client: &Client,
        scopes: &[String],
    ) -> Result<Tokens, Failure> {
        let secret = |name: &str| self.secrets.get(name).map(|secret| ClientSecret::new(secret.to_owned()));
        let idp = match secret("idp_client_secret") {
            Some(secret) => {
                idp.with_client_authentication(EmaClientAuthentication::ClientSecretBasic(secret))
            }
            None => idp,
        };
        let server =
            EmaAuthorizationServer::new(&found.server.issuer, &found.server.token_endpoint, &client.id);
        let server = match (client.method, secret("client_secret")) {
            (Method::Basic, Some(secret)) => {
                server.with_client_authentication(EmaClientAuthentication::ClientSecretBasic(secret))
            }
            (Method::Post, Some(secret)) => {
                server.with_client_authentication(EmaClientAuthentication::ClientSecretPost(secret))
            }
            _ => server,
        };
        for endpoint in [&idp.token_endpoint, &server.token_endpoint] {
            let url = Url::parse(endpoint).map_err(|_| super::client::no_url("token endpoint", endpoint))?;
            self.http.check(&url, IT)?;
        }
        let refresh = self.secrets.get("idp_refresh_token").map(|token| RefreshToken::new(token.to_owned()));
        let request = match (&refresh, self.secrets.get("idp_id_token")) {
            (Some(refresh), _) => EmaExchangeRequest::new(idp, server, &found.resource, refresh),
            (None, Some(id_token)) => {
                EmaExchangeRequest::new_with_id_token(idp, server, &found.resource, id_token)
            }
            (None, None) => return Err(lacks("idp_id_token")),
        };
        let now = seconds();
        let given = request.with_scopes(scopes.iter().cloned()).exchange(&self.http, &self.http).await;
        let given = given.map_err(|error| not_exchanged(&error))?;
        let mut scopes: Vec<String> = given.scopes.into_iter().collect();
        scopes.sort();
        let answer = serde_json::json!({
            "access_token": given.access_token.secret(),
            "expires_in": given.expires_in.map(|time| time.as_secs()),
        });
        Tokens::read(&answer, &scopes, now)
    }
}

fn no_client_id() -> Failure {
    Failure::new(ErrorCode::InvalidConfig, "This way of signing in needs a client id.")
        .hint("Enter the one that the sign-in server gave you.")
}

/// Nobody can sign in in the hub's place here: what was entered has to be mended.
fn refused(refusal: Refusal) -> Failure {
    let Refusal { what, mut failure } = refusal;
    if what != What::Nothing {
        failure.code = ErrorCode::PeerUnauthorized;
        failure.hint = Some(
            "Check client id, secret or key, and scopes: at the sign-in server and in the backend's options."
                .to_owned(),
        );
    }
    failure
}

fn not_exchanged(error: &EmaError) -> Failure {
    let place = |stage: &EmaExchangeStage| match stage {
        EmaExchangeStage::IdentityProvider => "The company's identity provider",
        _ => "The sign-in server",
    };
    // The SDK's own words hold nothing that a server said.
    let (code, message) = match error {
        EmaError::InvalidGrant(stage) => (
            ErrorCode::PeerUnauthorized,
            format!("{} no longer takes what was entered (invalid_grant).", place(stage)),
        ),
        EmaError::InsufficientUserAuthentication(stage) => (
            ErrorCode::PeerUnauthorized,
            format!("{} wants the person to sign in there again.", place(stage)),
        ),
        EmaError::OAuthRejected { stage, status, code } => {
            let kind = if *status >= 500 { ErrorCode::PeerFailed } else { ErrorCode::PeerUnauthorized };
            (kind, format!("{} refuses the exchange (status {status}): {code}.", place(stage)))
        }
        EmaError::RequestFailed(stage) => {
            (ErrorCode::PeerUnreachable, format!("{} could not be reached for the exchange.", place(stage)))
        }
        EmaError::InvalidResponse { stage, message } => {
            (ErrorCode::PeerBadAnswer, format!("{} gave a token that does not fit: {message}.", place(stage)))
        }
        other => (ErrorCode::InvalidConfig, format!("The exchange cannot be made: {other}.")),
    };
    Failure::new(code, message).hint("Enter a new token of the identity provider, and check issuer, endpoint and client ids in the backend's options.")
}
