//! The simulated n8n from outside: options, addresses, and what a test can do to it.

use std::{fmt, io, net::SocketAddr, sync::Arc};

use jackfield_protocol::time::now;

use super::{Case, Corpus, run::Broken, world::World};
use crate::{
    http::{Request, Server, control::Kill},
    replay::{Pacing, Rule, key_only_to_the_api, never_posted_twice, starts_a_run},
};

/// Which generation of n8n it behaves like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum N8nVersion {
    /// 1.x: no trace context, no stop, no discover, no `startedAfter`, waiting runs are not listed.
    V1,
    /// 2.x.
    V2,
}

/// The scopes that Jackfield's n8n guide asks for.
const SCOPES: [&str; 5] =
    ["workflow:list", "workflow:read", "execution:list", "execution:read", "execution:stop"];

/// How to start a simulated n8n.
#[derive(Debug, Clone)]
pub struct Options {
    /// What it plays.
    pub corpus: Corpus,
    /// How fast.
    pub pace: Pacing,
    /// The API key that may do everything a client needs; `None`: one is made up.
    pub api_key: Option<String>,
    /// User and password of webhooks with basic authentication.
    pub basic: (String, String),
    /// Header and value of webhooks with header authentication.
    pub header: (String, String),
}

impl Options {
    /// All runs of a recorded version (`v2.41.1` or `v1.123.81`), at once.
    ///
    /// # Errors
    /// When the recordings cannot be read.
    pub fn recorded(version: &str) -> io::Result<Self> {
        Ok(Self::with(Corpus::recorded(version)?, Pacing::None))
    }

    /// A few good-looking workflows at the pace at which they were recorded.
    ///
    /// # Errors
    /// When a recording that was compiled in cannot be read.
    pub fn demo() -> io::Result<Self> {
        Ok(Self::with(Corpus::demo()?, Pacing::Recorded))
    }

    fn with(corpus: Corpus, pace: Pacing) -> Self {
        Self {
            corpus,
            pace,
            api_key: None,
            basic: ("lab".to_owned(), "lab-pass".to_owned()),
            header: ("X-Lab-Key".to_owned(), "lab-header-value".to_owned()),
        }
    }

    /// Sets the pace.
    #[must_use]
    pub fn pace(mut self, pace: Pacing) -> Self {
        self.pace = pace;
        self
    }
}

/// A simulated n8n on a free port of 127.0.0.1. Every answer carries `X-Jackfield-Simulated: true`. Dropping it
/// ends it.
pub struct SimulatedN8n {
    server: Server,
    world: Arc<World>,
}

impl fmt::Debug for SimulatedN8n {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedN8n").field("address", &self.server.address()).finish_non_exhaustive()
    }
}

impl SimulatedN8n {
    /// Starts it.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let version = if options.corpus.version.starts_with("1.") { N8nVersion::V1 } else { N8nVersion::V2 };
        let key =
            options.api_key.clone().unwrap_or_else(|| format!("simulated-{}", uuid::Uuid::new_v4().simple()));
        let world = Arc::new(World::new(options, version, key, &SCOPES));
        let server = Server::start(world.clone()).await?;
        world.listens_at(server.address());
        Ok(Self { server, world })
    }

    /// Starts the one of `--demo`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn demo() -> io::Result<Self> {
        Self::start(Options::demo()?).await
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// `http://127.0.0.1:port`.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.world.base_url()
    }

    /// A key that may do everything a client needs.
    #[must_use]
    pub fn api_key(&self) -> String {
        let keys = self.world.keys();
        keys.iter()
            .find(|(_, scopes)| scopes.len() >= SCOPES.len())
            .map(|(key, _)| key.clone())
            .unwrap_or_default()
    }

    /// Makes a key with fewer scopes.
    #[must_use]
    pub fn key_with(&self, scopes: &[&str]) -> String {
        let key = format!("simulated-{}", uuid::Uuid::new_v4().simple());
        self.world.keys().insert(key.clone(), scopes.iter().map(|scope| (*scope).to_owned()).collect());
        key
    }

    /// Which generation it behaves like.
    #[must_use]
    pub fn version(&self) -> N8nVersion {
        self.world.version
    }

    /// The recorded runs that it plays.
    #[must_use]
    pub fn cases(&self) -> &[Arc<Case>] {
        &self.world.options.corpus.cases
    }

    /// The type of a node of a workflow; empty when there is no such node.
    #[must_use]
    pub fn node_type(&self, workflow_id: &str, node: &str) -> String {
        let nodes = self.world.options.corpus.workflow(workflow_id).map(|workflow| &workflow["nodes"]);
        let mut nodes = nodes.and_then(serde_json::Value::as_array).into_iter().flatten();
        let node = nodes.find(|known| known["name"] == node);
        node.and_then(|node| node["type"].as_str()).unwrap_or_default().to_owned()
    }

    /// Plays this recording for its workflow, whatever the caller sends. Otherwise the one whose recorded body
    /// equals what was sent is played, else the first.
    pub fn choose(&self, case: &str) {
        if let Some(case) = self.world.options.corpus.case(case) {
            self.world.choose(&case);
        }
    }

    /// Sets the pace of one recording.
    pub fn pace(&self, case: &str, pace: Pacing) {
        self.world.pace(case, pace);
    }

    /// Cuts streams into HTTP chunks of this many bytes, whatever the recorded boundaries were; 0: as recorded.
    pub fn split(&self, size: usize) {
        self.world.wire().split = (size > 0).then_some(size);
    }

    /// Puts bytes into every stream after this many recorded chunks.
    pub fn spoil(&self, after: usize, garbage: &[u8]) {
        self.world.wire().garbage = Some((after, garbage.to_vec()));
    }

    /// New runs stay `new`, in silence, as at n8n's concurrency limit; false lets them begin.
    pub fn hold_new_runs(&self, hold: bool) {
        self.world.held.send_replace(hold);
    }

    /// Ends every connection with RST. Runs go on.
    pub fn cut_connections(&self) {
        self.server.control().kill_all(Kill::Reset);
    }

    /// Sends nothing any more, on sockets that stay open; false thaws it. Runs go on.
    pub fn freeze(&self, freeze: bool) {
        self.server.control().frozen.send_replace(freeze);
    }

    /// Dies, as by SIGKILL: connections are reset, new ones refused, and what was running has crashed.
    pub fn kill(&self) {
        self.server.control().listening.send_replace(false);
        self.server.control().kill_all(Kill::Reset);
        for run in self.world.runs() {
            let (running, player) = {
                let live = run.live();
                (!live.rests && live.broken.is_none(), live.player.clone())
            };
            if running {
                player.inspect(tokio::task::AbortHandle::abort);
                run.change(|live| live.broken = Some((Broken::Crashed, now())));
            }
        }
    }

    /// Comes back after [`SimulatedN8n::kill`], on the same port, with everything that was saved.
    pub fn start_again(&self) {
        self.server.control().listening.send_replace(true);
    }

    /// Ids and statuses of all executions that started a workflow, oldest first, those not kept included.
    #[must_use]
    pub fn executions(&self) -> Vec<(String, String)> {
        self.world.runs().iter().map(|run| (run.id.to_string(), self.world.status(run))).collect()
    }

    /// The final record of an execution as its API would give it with data, wherever the run stands.
    #[must_use]
    pub fn record(&self, execution: &str) -> Option<serde_json::Value> {
        let run = self.world.runs().into_iter().find(|run| run.id.to_string() == execution)?;
        Some(self.world.full_record(&run))
    }

    /// How many executions this trace context started.
    #[must_use]
    pub fn started_by(&self, traceparent: &str) -> usize {
        self.world.runs().iter().filter(|run| run.request.traceparent() == Some(traceparent)).count()
    }

    /// Everything that was asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests().all()
    }

    /// How many requests were made that may start a run.
    #[must_use]
    pub fn starts(&self) -> usize {
        self.requests().iter().filter(|request| starts_a_run(request)).count()
    }

    /// Waits until `enough` holds for what was asked.
    pub async fn until(&self, enough: impl Fn(&[Request]) -> bool) {
        self.server.requests().until(enough).await;
    }

    /// What callers did that they must not.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        let rules: [Rule; 2] = [never_posted_twice, key_only_to_the_api];
        let requests = self.requests();
        rules.iter().flat_map(|rule| rule(&requests)).collect()
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.control().open()
    }

    /// Waits until at most `count` connections are open.
    pub async fn at_most(&self, count: usize) {
        self.server.control().at_most(count).await;
    }

    /// Ends it and waits for its end.
    pub async fn shutdown(mut self) {
        self.world.end();
        self.server.shutdown().await;
    }
}

impl Drop for SimulatedN8n {
    fn drop(&mut self) {
        self.world.end();
    }
}
