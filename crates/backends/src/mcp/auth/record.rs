//! What of a sign-in outlives the hub: sealed with the backend's other secrets, as one of them.

use jackfield_protocol::port::Secrets;
use serde::{Deserialize, Serialize};

use super::{client::Client, server::Server, token::Tokens};

/// Name of the secret.
pub(super) const SECRET: &str = "oauth";
/// Form of the record.
const VERSION: u32 = 1;

/// Everything that a refresh needs after a restart, and what a later sign-in uses again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    version: u32,
    /// The MCP server: tokens go nowhere else, even if the backend is pointed elsewhere.
    pub(super) resource_server: String,
    /// What the tokens were asked for.
    pub(super) resource: String,
    /// Who gave them.
    pub(super) server: Server,
    /// To whom.
    pub(super) client: Client,
    /// `None`: they ended, or were refused. The client can be used again.
    pub(super) tokens: Option<Tokens>,
    /// Scopes that the last sign-in asked for: the next one asks for them too.
    pub(super) asked: Vec<String>,
    /// Where the server said that its sign-in document is.
    #[serde(default)]
    pub(super) resource_metadata: Option<String>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record")
            .field("resource", &self.resource)
            .field("client", &self.client)
            .field("tokens", &self.tokens)
            .finish_non_exhaustive()
    }
}

impl Record {
    pub(super) fn new(
        resource_server: &str,
        resource: String,
        server: Server,
        client: Client,
        tokens: Option<Tokens>,
        asked: Vec<String>,
    ) -> Self {
        Self {
            version: VERSION,
            resource_server: resource_server.to_owned(),
            resource,
            server,
            client,
            tokens,
            asked,
            resource_metadata: None,
        }
    }

    /// The record of this server, if there is one and it can be read.
    pub(super) fn of(secrets: &Secrets, resource_server: &str) -> Option<Self> {
        let record: Self = match serde_json::from_str(secrets.get(SECRET)?) {
            Ok(record) => record,
            Err(_) => {
                tracing::warn!("what was kept of a sign-in cannot be read; somebody has to sign in again");
                return None;
            }
        };
        (record.version == VERSION && record.resource_server == resource_server).then_some(record)
    }

    /// As it is kept; empty for none, which removes it.
    pub(super) fn text(record: Option<&Self>) -> String {
        record.and_then(|record| serde_json::to_string(record).ok()).unwrap_or_default()
    }

    /// Every secret in it.
    pub(super) fn secrets(&self) -> Vec<String> {
        let tokens = self.tokens.iter().flat_map(Tokens::secrets);
        tokens.chain(self.client.secret.clone()).collect()
    }
}
