//! Servers of the Model Context Protocol, of every revision from 2024-11-05 to 2026-07-28, local and at an address. What they say on the wire is
//! recorded in `fixtures/wire/mcp`; the guide for users is `docs/guide/mcp.md`. The official SDK (`rmcp`) is the engine; its types stay
//! in this folder. What it lacks or gets wrong with real peers is built around it: see `wire`.

mod auth;
mod call;
mod client;
mod config;
mod connect;
mod content;
mod http;
mod journal;
mod link;
mod lists;
mod offers;
mod options;
mod question;
mod sampling;
mod schema;
mod service;
mod session;
mod sign_in;
mod stdio;
mod tools;
mod wire;

use std::sync::Arc;

use jackfield_protocol::{
    error::Failure,
    model::Platform,
    port::{BackendClient, PlatformFactory, PlatformInfo, ResolvedBackend},
};

use self::{
    client::{McpClient, Shared},
    config::Config,
    connect::{Connector, Memory},
    journal::Journal,
    link::Link,
    sampling::Sampling,
};
use crate::{guarded::guarded_by, secrecy::Secrecy, transport::Transport};

pub use stdio::{LocalPrograms, guard_program};

/// Makes MCP clients.
#[derive(Debug, Default)]
pub(crate) struct McpFactory {
    local: Arc<LocalPrograms>,
}

impl McpFactory {
    pub(crate) fn new(local: LocalPrograms) -> Self {
        Self { local: Arc::new(local) }
    }
}

impl PlatformFactory for McpFactory {
    fn platform(&self) -> Platform {
        Platform::Mcp
    }

    fn description(&self) -> PlatformInfo {
        PlatformInfo {
            platform: Platform::Mcp,
            title: "MCP server".to_owned(),
            summary: "Calls the tools of an MCP server, reads its resources and prompts. \
                      Needs the server's address, or the command that starts it on the hub's machine."
                .to_owned(),
            base_url_example: "http://127.0.0.1:8000/mcp".to_owned(),
            options_schema: schemars::schema_for!(options::McpOptions).to_value(),
            secrets_schema: options::secrets_schema(),
            guide: include_str!("../../../../docs/guide/mcp.md").to_owned(),
        }
    }

    fn build(&self, backend: ResolvedBackend) -> Result<Arc<dyn BackendClient>, Failure> {
        let secrecy = Secrecy::of(&backend.secrets);
        let config =
            Arc::new(Config::new(&backend.name, &backend.base_url, &backend.options, &backend.secrets)?);
        let sampling = Sampling::of(&config)?;
        let roots = service::roots(&config.options.roots)?;
        let transport = if config.is_local() { None } else { Some(Transport::new(&config.transport())?) };
        let authorizer = sign_in::authorizer(&config, &backend.secrets, &backend.host, &secrecy)?;
        let auth = sign_in::authorize(&config, authorizer.as_ref());
        let connector = Connector {
            config: config.clone(),
            local: self.local.clone(),
            journal: Journal::default(),
            auth,
            transport,
        };
        let known = backend.peer.as_ref().map(|peer| &peer.capabilities);
        let memory = known.map(|known| Memory {
            legacy: known["protocol"].as_str().is_some_and(|version| version != wire::MODERN),
            old_sse: known["transport"] == "http_sse",
        });
        let link = Link::new(connector, backend.host, memory.unwrap_or_default());
        let shared = Arc::new(Shared::new(config, link, sampling, roots));
        Ok(guarded_by(McpClient { id: backend.id, shared, authorizer }, secrecy))
    }
}
