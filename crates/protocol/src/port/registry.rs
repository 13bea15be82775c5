//! What the engine asks of MCP registries, and of the machine it runs on.

use async_trait::async_trait;
use serde_json::Value;

use crate::{api::ImportPlace, error::Failure};

/// A question to a registry: `GET /v0.1/servers`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegistryQuery {
    /// Part of a server's name; absent: all.
    pub search: Option<String>,
    /// From the page before.
    pub cursor: Option<String>,
    /// Servers on a page, 1 to 100.
    pub limit: usize,
}

/// Speaks with registries (API 0.1 of the official one). Answers are what the registry said, unread; bounded in bytes and
/// time.
#[async_trait]
pub trait RegistryClient: Send + Sync {
    /// A page of the latest versions.
    ///
    /// # Errors
    /// `InvalidUrl` when the address is none of HTTP, or leads into a private network that it does not name; those of every
    /// peer.
    async fn servers(&self, registry: &str, query: &RegistryQuery) -> Result<Value, Failure>;

    /// One server in one version; `latest` is one too.
    ///
    /// # Errors
    /// As [`RegistryClient::servers`], and `NotFound`.
    async fn server(&self, registry: &str, name: &str, version: &str) -> Result<Value, Failure>;
}

/// The files in which other programs of this machine keep their MCP servers.
#[async_trait]
pub trait Places: Send + Sync {
    /// Which there are.
    async fn list(&self) -> Vec<ImportPlace>;

    /// Reads one, by its name. At most [`crate::import::DOCUMENT`] bytes; what is not about MCP servers is left out.
    ///
    /// # Errors
    /// `NotFound` when there is no such place or no such file; `InvalidRequest` when it cannot be read; those of JSON.
    async fn read(&self, name: &str) -> Result<String, Failure>;

    /// The home directory of whoever runs the hub.
    fn home(&self) -> Option<String>;
}
