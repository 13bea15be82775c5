//! The server from outside: how to start it, and what a test can do to it.

use std::{fmt, io, net::SocketAddr, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::task::JoinHandle;

use super::{
    Heard, Script,
    call::{Call, Ending, Reply},
    catalogue::Tool,
    http::Http,
    world::World,
};
use crate::{
    http::{Server, control::Kill},
    replay::Pacing,
};

/// A simulated MCP server on a free port of 127.0.0.1: Streamable HTTP at `/mcp`, HTTP+SSE at `/sse`. Every answer carries
/// `X-Jackfield-Simulated: true`. Dropping it ends it.
///
/// Its tools are those of the recordings (`add`, `slow`, `ask_name`, `big`, `picture`, `fail`, `grow`, `die`; `echo`, `get-sum`,
/// `get-structured-content`, `trigger-…`, `simulate-research-query`, …) and, with [`Script::extras`], one for each thing that a client has to get
/// right: `count`, `count_safely` (idempotent), `look` (read-only), `hold` and `hold_safely` (until [`SimulatedMcp::let_go`] or cancelled), `cut`,
/// `sound`, `everything_at_once`, `structured_wrong`, `structured_missing`, `log_levels`, `ask_twice`, `ask_all`, `ask_stateless`,
/// `wait_with_state`, `ask_url`, `query_region` (`x-mcp-header`), `bump`, `change_itself`, `plan_trip` (a large form), `guarded` (scope `mcp:write`),
/// `research` (task).
pub struct SimulatedMcp {
    server: Server,
    world: Arc<World>,
    undertaker: JoinHandle<()>,
}

impl fmt::Debug for SimulatedMcp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedMcp").field("address", &self.server.address()).finish_non_exhaustive()
    }
}

impl SimulatedMcp {
    /// Starts one.
    ///
    /// # Errors
    /// When a recording cannot be read, or no port can be had.
    pub async fn start(script: Script) -> io::Result<Self> {
        let world = Arc::new(World::new(script)?);
        let server = Server::start(Arc::new(Http { world: world.clone() })).await?;
        let (dying, control) = (world.clone(), server.control().clone());
        let undertaker = tokio::spawn(async move {
            let mut died = dying.died.subscribe();
            while died.wait_for(Option::is_some).await.is_ok() {
                control.listening.send_replace(false);
                control.kill_all(Kill::Reset);
                dying.crash();
                if died.changed().await.is_err() {
                    return;
                }
            }
        });
        Ok(Self { server, world, undertaker })
    }

    /// Starts the one of `--demo`: it speaks all revisions, wants a token, and offers what is worth looking at.
    ///
    /// # Errors
    /// As [`SimulatedMcp::start`].
    pub async fn demo() -> io::Result<Self> {
        let token = format!("simulated-{}", uuid::Uuid::new_v4().simple());
        Self::start(Script::demo().with_token(&token)).await
    }

    /// A token that it lets in, where it wants one.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        self.world.tokens().keys().next().cloned()
    }

    /// `http://127.0.0.1:port`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The address of Streamable HTTP: `http://127.0.0.1:port/mcp`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/mcp", self.base_url())
    }

    /// The address of HTTP+SSE: `http://127.0.0.1:port/sse`.
    #[must_use]
    pub fn sse_url(&self) -> String {
        format!("{}/sse", self.base_url())
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Adds a tool, and tells clients. `definition` is listed as it is; it needs `name` and `inputSchema`.
    pub fn add_tool<F, Fut>(&self, definition: Value, run: F)
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Reply, Ending>> + Send + 'static,
    {
        let tool = Tool::new(definition, run);
        let mut catalogue = self.world.catalogue();
        catalogue.tools.retain(|known| known.name() != tool.name());
        catalogue.tools.push(tool);
        drop(catalogue);
        self.world.tools_changed();
    }

    /// Takes a tool away, and tells clients.
    pub fn remove_tool(&self, name: &str) {
        self.world.catalogue().tools.retain(|known| known.name() != name);
        self.world.tools_changed();
    }

    /// Changes the definition of a tool without a word to anybody.
    pub fn redefine(&self, name: &str, change: impl Fn(&mut Value)) {
        let mut catalogue = self.world.catalogue();
        for tool in catalogue.tools.iter_mut().filter(|tool| tool.name() == name) {
            change(&mut tool.definition);
        }
    }

    /// Says that the list of tools has changed.
    pub fn announce_tools(&self) {
        self.world.tools_changed();
    }

    /// Says that the lists of prompts and of resources have changed.
    pub fn announce_offers(&self) {
        self.world.announce("notifications/prompts/list_changed", "promptsListChanged", None);
        self.world.announce("notifications/resources/list_changed", "resourcesListChanged", None);
    }

    /// Says that a resource has changed.
    pub fn announce_resource(&self, uri: &str) {
        self.world.announce("notifications/resources/updated", "resourceSubscriptions", Some(uri));
    }

    /// Sends a request to every client that has a session, and does not wait for an answer: `ping`, `roots/list`, or one that makes no sense.
    pub fn push(&self, method: &str, params: Option<Value>) {
        for session in self.world.sessions().values().cloned() {
            let (method, params) = (method.to_owned(), params.clone());
            self.world.spawn(async move {
                let _ = session.ask(&session.general, &method, params).await;
            });
        }
    }

    /// Ends every `subscriptions/listen` in order, with a result.
    pub fn end_subscriptions(&self) {
        for listener in self.world.listeners().iter() {
            listener.stop.stop();
        }
    }

    /// How many `subscriptions/listen` are open.
    #[must_use]
    pub fn subscriptions(&self) -> usize {
        self.world.listeners().len()
    }

    /// How many sessions and HTTP+SSE connections there are.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.world.sessions().len()
    }

    /// Lets `count` calls of `hold` go.
    pub fn let_go(&self, count: usize) {
        self.world.gate().let_go(count);
    }

    /// Lets all calls of `hold` go, now and later.
    pub fn open_gate(&self) {
        self.world.gate().open();
    }

    /// Holds calls of `hold` again.
    pub fn close_gate(&self) {
        self.world.close_gate();
    }

    /// Sets the pace of a tool's progress and result; `None`: of all tools.
    pub fn pace(&self, tool: Option<&str>, pace: Pacing) {
        self.world.set_pace(tool, pace);
    }

    /// Sends event streams in pieces of this many bytes; 0: each event in one.
    pub fn split(&self, size: usize) {
        self.world.shaping().split = size;
    }

    /// Puts bytes into every event stream, before its message of this number (from 1).
    pub fn spoil(&self, before: usize, garbage: &[u8]) {
        self.world.shaping().garbage = Some((before, garbage.to_vec()));
    }

    /// What clients did that none may: ids used twice, requests before the handshake, wrong or missing headers, answers to questions that
    /// nobody asked, tokens in addresses.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.world.violations().iter().cloned().collect()
    }

    /// Lets this token in, with these scopes.
    pub fn grant(&self, token: &str, scopes: &[&str]) {
        self.world.tokens().insert(token.to_owned(), scopes.iter().map(|&scope| scope.to_owned()).collect());
    }

    /// Does not know this token any more.
    pub fn revoke(&self, token: &str) {
        self.world.tokens().remove(token);
    }

    /// Forgets every session, as a restart does; connections stay, and their streams end.
    pub fn forget_sessions(&self) {
        self.world.forget_sessions();
    }

    /// Ends every connection with RST; sessions stay.
    pub fn cut_connections(&self) {
        self.server.control().kill_all(Kill::Reset);
    }

    /// Sends nothing any more, on sockets that stay open; false thaws it.
    pub fn freeze(&self, freeze: bool) {
        self.server.control().frozen.send_replace(freeze);
    }

    /// Dies as a killed process does: connections are reset, new ones refused, sessions and calls gone.
    pub fn kill(&self) {
        self.server.control().listening.send_replace(false);
        self.server.control().kill_all(Kill::Reset);
        self.world.crash();
    }

    /// Waits, after [`SimulatedMcp::kill`], until its port refuses and every connection is closed.
    ///
    /// # Errors
    /// When that takes longer than ten seconds.
    pub async fn gone(&self) -> io::Result<()> {
        let gone = async {
            while tokio::net::TcpStream::connect(self.address()).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            self.server.control().at_most(0).await;
        };
        tokio::time::timeout(Duration::from_secs(10), gone).await.map_err(io::Error::from)
    }

    /// Comes back after [`SimulatedMcp::kill`] or the tool `die`, on the same port; waits until it can be reached.
    ///
    /// # Errors
    /// When the port cannot be had again within ten seconds.
    pub async fn start_again(&self) -> io::Result<()> {
        self.world.died.send_replace(None);
        self.server.control().listening.send_replace(true);
        let reached = async {
            while tokio::net::TcpStream::connect(self.address()).await.is_err() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), reached).await.map_err(io::Error::from)
    }

    /// How often a tool was called; further rounds of one call are not counted.
    #[must_use]
    pub fn calls(&self, tool: &str) -> u64 {
        self.world.counts().calls.get(tool).copied().unwrap_or_default()
    }

    /// How often one of `count`, `count_safely`, `look`, `hold`, `hold_safely` and `research` did what it is there for.
    #[must_use]
    pub fn effects(&self, tool: &str) -> u64 {
        self.world.counts().effects.get(tool).copied().unwrap_or_default()
    }

    /// How many calls of a tool were cancelled by their client: by a notification, or in 2026-07-28 by leaving.
    #[must_use]
    pub fn cancelled(&self, tool: &str) -> usize {
        self.world.counts().cancelled.iter().filter(|name| *name == tool).count()
    }

    /// Everything that was said by clients so far.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.world.heard()
    }

    /// Waits until something holds for this server, for example `|mcp| mcp.effects("count") == 1`; looks again after each message, call,
    /// effect, cancel and change of a subscription.
    pub async fn until(&self, holds: impl Fn(&Self) -> bool) {
        let mut news = self.world.news.subscribe();
        while !holds(self) {
            if news.changed().await.is_err() {
                return;
            }
        }
    }

    /// Waits until at most `count` connections are open.
    pub async fn at_most(&self, count: usize) {
        self.server.control().at_most(count).await;
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.control().open()
    }
}

impl Drop for SimulatedMcp {
    fn drop(&mut self) {
        self.undertaker.abort();
        self.world.crash();
    }
}
