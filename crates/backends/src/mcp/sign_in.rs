//! From a backend's options to who gives its requests their `Authorization`.

use std::sync::Arc;

use async_trait::async_trait;
use jackfield_protocol::{
    error::Failure,
    port::{BackendHost, Secrets},
};

use super::{
    auth::{Algorithm, AuthConfig, AuthMode, Authorizer},
    config::{Config, Target},
    http::{Authorize, Bearer},
    options::{KeyAlgorithm, SignInKind, wrong},
};
use crate::secrecy::Secrecy;

/// Who signs in; `None` for local servers, for servers whose token was entered, and where it is switched off.
///
/// # Errors
/// `InvalidConfig`, with the place.
pub(super) fn authorizer(
    config: &Config,
    secrets: &Secrets,
    host: &Arc<dyn BackendHost>,
    secrecy: &Secrecy,
) -> Result<Option<Authorizer>, Failure> {
    let Target::Http { url, .. } = &config.target else { return Ok(None) };
    let has_token = secrets.get("bearer_token").is_some() || secrets.get("header.Authorization").is_some();
    let Some(mode) = mode(config)?.filter(|_| !has_token) else { return Ok(None) };
    let options = &config.options;
    let auth = AuthConfig {
        server_url: url.clone(),
        client_id: options.client_id.clone(),
        client_issuer: options.client_issuer.clone(),
        client_metadata_url: options.client_metadata_url.clone(),
        scopes: options.scopes.clone(),
        mode,
        redirect_default: None,
        client_name: "Jackfield".to_owned(),
        private_network: options.private_authorization_server,
    };
    Authorizer::new(auth, &config.transport(), secrets, host.clone(), secrecy.clone()).map(Some)
}

fn mode(config: &Config) -> Result<Option<AuthMode>, Failure> {
    let options = &config.options;
    let needed = |name: &str, value: &Option<String>| {
        value
            .clone()
            .ok_or_else(|| wrong(&format!("/options/{name}"), &format!("This way to sign in needs {name}.")))
    };
    Ok(Some(match options.sign_in {
        SignInKind::Off => return Ok(None),
        SignInKind::Browser => AuthMode::Auto,
        SignInKind::ClientCredentials => AuthMode::ClientCredentials,
        SignInKind::PrivateKeyJwt => AuthMode::PrivateKeyJwt {
            algorithm: match options.key_algorithm {
                KeyAlgorithm::Rs256 => Algorithm::Rs256,
                KeyAlgorithm::Rs384 => Algorithm::Rs384,
                KeyAlgorithm::Rs512 => Algorithm::Rs512,
                KeyAlgorithm::Es256 => Algorithm::Es256,
                KeyAlgorithm::Es384 => Algorithm::Es384,
            },
            key_id: options.key_id.clone(),
        },
        SignInKind::Workload => AuthMode::Workload,
        SignInKind::EnterpriseManaged => AuthMode::EnterpriseManaged {
            idp_issuer: needed("idp_issuer", &options.idp_issuer)?,
            idp_token_endpoint: needed("idp_token_endpoint", &options.idp_token_endpoint)?,
            idp_client_id: needed("idp_client_id", &options.idp_client_id)?,
        },
    }))
}

/// Who gives requests their `Authorization`.
pub(super) fn authorize(config: &Config, authorizer: Option<&Authorizer>) -> Option<Arc<dyn Authorize>> {
    if let Some(token) = config.secrets.get("bearer_token") {
        return Some(Arc::new(Bearer(token.into())));
    }
    authorizer.map(|authorizer| Arc::new(authorizer.clone()) as Arc<dyn Authorize>)
}

#[async_trait]
impl Authorize for Authorizer {
    async fn bearer(&self) -> Result<Option<String>, Failure> {
        Self::bearer(self).await
    }

    async fn challenged(
        &self,
        sent: Option<&str>,
        status: u16,
        challenge: Option<&str>,
    ) -> Result<(), Failure> {
        Self::challenged(self, sent, status, challenge).await.map(drop)
    }
}
