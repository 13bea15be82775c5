//! The simulated Flowise from outside: how to start it, and what a test can do to it.

use std::{collections::HashMap, fmt, io, net::SocketAddr, sync::Arc};

use super::{Case, Corpus, world::World};
use crate::{
    http::{Request, Server, control::Kill},
    replay::Pacing,
};

/// A simulated Flowise on a free port of 127.0.0.1. Every answer carries `X-Jackfield-Simulated: true`. Dropping it ends it.
pub struct SimulatedFlowise {
    server: Server,
    world: Arc<World>,
    key: String,
    weak: String,
}

impl fmt::Debug for SimulatedFlowise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedFlowise").field("address", &self.server.address()).finish_non_exhaustive()
    }
}

impl SimulatedFlowise {
    /// Starts one that plays this.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(corpus: Corpus, pace: Pacing) -> io::Result<Self> {
        let key = || format!("simulated-{}", uuid::Uuid::new_v4().simple());
        let (key, weak) = (key(), key());
        let keys = HashMap::from([(key.clone(), true), (weak.clone(), false)]);
        let world = Arc::new(World::new(corpus, pace, keys));
        let server = Server::start(world.clone()).await?;
        Ok(Self { server, world, key, weak })
    }

    /// Starts the one of `--demo`: a few good-looking flows at the pace at which they were recorded.
    ///
    /// # Errors
    /// When a recording that was compiled in cannot be read, or no port can be had.
    pub async fn demo() -> io::Result<Self> {
        Self::start(Corpus::demo()?, Pacing::Recorded).await
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// `http://127.0.0.1:port`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// A key that may do everything a client needs.
    #[must_use]
    pub fn api_key(&self) -> String {
        self.key.clone()
    }

    /// A key without permissions: it may run and read messages, and nothing else.
    #[must_use]
    pub fn weak_key(&self) -> String {
        self.weak.clone()
    }

    /// The recorded runs that it plays.
    #[must_use]
    pub fn cases(&self) -> &[Arc<Case>] {
        &self.world.corpus.cases
    }

    /// The `type` of a flow.
    #[must_use]
    pub fn kind(&self, flow: &str) -> &str {
        self.world.corpus.kind(flow)
    }

    /// Plays this recording for its flow, whatever the caller sends.
    pub fn choose(&self, case: &str) {
        if let Some(case) = self.world.corpus.case(case) {
            self.world.choose(&case);
        }
    }

    /// Sets the pace of one recording.
    pub fn pace(&self, case: &str, pace: Pacing) {
        self.world.set_pace(case, pace);
    }

    /// Cuts streams into HTTP chunks of this many bytes; 0: as recorded.
    pub fn split(&self, size: usize) {
        self.world.wire.lock().unwrap_or_else(std::sync::PoisonError::into_inner).split =
            (size > 0).then_some(size);
    }

    /// Puts bytes into every stream after this many recorded chunks.
    pub fn spoil(&self, after: usize, garbage: &[u8]) {
        let mut wire = self.world.wire.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        wire.garbage = Some((after, garbage.to_vec()));
    }

    /// Ends every connection with RST. Runs go on.
    pub fn cut_connections(&self) {
        self.server.control().kill_all(Kill::Reset);
    }

    /// Sends nothing any more, on sockets that stay open; false thaws it. Runs go on.
    pub fn freeze(&self, freeze: bool) {
        self.server.control().frozen.send_replace(freeze);
    }

    /// Dies: connections are reset, new ones refused, and what was running is lost (its execution stays `INPROGRESS` for ever).
    pub fn kill(&self) {
        self.server.control().listening.send_replace(false);
        self.server.control().kill_all(Kill::Reset);
        for run in self.world.runs() {
            run.crash();
        }
    }

    /// Comes back after [`SimulatedFlowise::kill`], on the same port, with everything that was stored.
    pub fn start_again(&self) {
        self.server.control().listening.send_replace(true);
    }

    /// How many runs were started with this chat id.
    #[must_use]
    pub fn started_by(&self, chat: &str) -> usize {
        self.world.runs().iter().filter(|run| run.chat == chat).count()
    }

    /// Everything that was asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests().all()
    }

    /// What callers did that they must not: two runs on one chat, a key in a path, a key to flows that are not bound to one.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        let mut found = Vec::new();
        let runs = self.world.runs();
        for run in &runs {
            let count = runs.iter().filter(|other| other.chat == run.chat).count();
            if count > 1 {
                found.push(format!("{count} runs with the chat id {}", run.chat));
            }
        }
        for request in self.requests() {
            if request.path.contains("/apikey/") || request.query.contains(&self.key) {
                found.push(format!("a key in the address: {}", request.path));
            }
            if request.path.contains("/prediction/") && request.header("authorization").is_some() {
                found.push("the key was sent to a flow that is not bound to one".to_owned());
            }
            if request.header("x-request-from").is_some() {
                found.push("x-request-from was sent".to_owned());
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// Waits until at most `count` connections are open.
    pub async fn at_most(&self, count: usize) {
        self.server.control().at_most(count).await;
    }
}

impl Drop for SimulatedFlowise {
    fn drop(&mut self) {
        self.world.end();
    }
}
