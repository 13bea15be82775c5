//! Servers at an address: Streamable HTTP through the SDK's own machine, and HTTP+SSE of 2024-11-05.

mod client;
mod old_sse;
mod stream;

use async_trait::async_trait;
use jackfield_protocol::error::Failure;
use secrecy::{ExposeSecret as _, SecretString};

pub(crate) use client::{Facts, HttpClient, Reach};
pub(crate) use old_sse::OldSseTransport;

/// Who gives a request its `Authorization`, and is asked when a server refuses it.
#[async_trait]
pub(crate) trait Authorize: Send + Sync + std::fmt::Debug {
    /// The token to send now; `None`: none.
    async fn bearer(&self) -> Result<Option<String>, Failure>;

    /// The server answered 401 or 403 with this challenge to a request with this token. `Ok`: send it once more.
    async fn challenged(
        &self,
        sent: Option<&str>,
        status: u16,
        challenge: Option<&str>,
    ) -> Result<(), Failure>;
}

/// A token that was entered.
pub(crate) struct Bearer(pub(crate) SecretString);

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer")
    }
}

#[async_trait]
impl Authorize for Bearer {
    async fn bearer(&self) -> Result<Option<String>, Failure> {
        Ok(Some(self.0.expose_secret().to_owned()))
    }

    async fn challenged(&self, _: Option<&str>, status: u16, _: Option<&str>) -> Result<(), Failure> {
        Err(client::refused(status))
    }
}

/// The error of this side of the SDK.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub(crate) struct HttpFault(pub(crate) Failure);
