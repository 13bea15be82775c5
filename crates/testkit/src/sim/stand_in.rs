//! The stand-in from outside: how to start it, and what a test can do to it.

use std::{fmt, io, net::SocketAddr, sync::Arc};

use super::{Case, Corpus, world::World};
use crate::{
    http::{Request, Server, control::Kill},
    replay::Pacing,
};

/// Which of Sim's public interfaces the operator switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// The older one only: every v2 path answers 404 (recording `v2-off`).
    Legacy,
    /// Both.
    V2,
}

/// A simulated Sim on a free port of 127.0.0.1. Every answer carries `X-Jackfield-Simulated: true`. Dropping it ends it.
pub struct SimulatedSim {
    server: Server,
    world: Arc<World>,
}

impl fmt::Debug for SimulatedSim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedSim").field("address", &self.server.address()).finish_non_exhaustive()
    }
}

impl SimulatedSim {
    /// Starts one.
    ///
    /// # Errors
    /// When a recording cannot be read, or no port can be had.
    pub async fn start(face: Face, pace: Pacing) -> io::Result<Self> {
        let key = format!("sk-sim-simulated-{}", uuid::Uuid::new_v4().simple());
        let world = Arc::new(World::new(Corpus::recorded()?, face, pace, key));
        let server = Server::start(world.clone()).await?;
        Ok(Self { server, world })
    }

    /// Starts the one of `--demo`, at the pace at which it was recorded.
    ///
    /// # Errors
    /// As [`SimulatedSim::start`].
    pub async fn demo() -> io::Result<Self> {
        Self::start(Face::V2, Pacing::Recorded).await
    }

    /// `http://127.0.0.1:port`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Its key.
    #[must_use]
    pub fn api_key(&self) -> String {
        self.world.key.clone()
    }

    /// The workspace that the key sees.
    #[must_use]
    pub fn workspace(&self) -> &'static str {
        super::corpus::WORKSPACE
    }

    /// The runs that it plays.
    #[must_use]
    pub fn cases(&self) -> &[Arc<Case>] {
        &self.world.corpus.cases
    }

    /// Plays this recording for its workflow, whatever the caller sends.
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
        self.world.spoiled().split = (size > 0).then_some(size);
    }

    /// Puts bytes into every stream after this many recorded chunks.
    pub fn spoil(&self, after: usize, garbage: &[u8]) {
        self.world.spoiled().garbage = Some((after, garbage.to_vec()));
    }

    /// Ends every connection with RST; live runs end with theirs.
    pub fn cut_connections(&self) {
        self.server.control().kill_all(Kill::Reset);
    }

    /// Sends nothing any more, on sockets that stay open; false thaws it.
    pub fn freeze(&self, freeze: bool) {
        self.server.control().frozen.send_replace(freeze);
    }

    /// Dies: connections are reset, new ones refused; what was running stays listed as running (recording `restart-async-status`).
    pub fn kill(&self) {
        for run in self.world.runs() {
            run.crash();
        }
        self.server.control().listening.send_replace(false);
        self.server.control().kill_all(Kill::Reset);
    }

    /// Comes back after [`SimulatedSim::kill`], on the same port.
    pub fn start_again(&self) {
        self.server.control().listening.send_replace(true);
    }

    /// How many runs were started with this id.
    #[must_use]
    pub fn started_by(&self, id: &str) -> usize {
        self.world.runs().iter().filter(|run| run.id == id).count()
    }

    /// Everything that was asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests().all()
    }

    /// What callers did that they must not: an id used twice, a key in an address or sent to a deployed chat, a bearer token.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        let mut found = self.world.conflicts();
        for request in self.requests() {
            if request.path.contains(&self.world.key) || request.query.contains(&self.world.key) {
                found.push(format!("a key in the address: {}", request.path));
            }
            if request.header("authorization").is_some() {
                found.push("a bearer token was sent".to_owned());
            }
            if request.path.starts_with("/api/chat/")
                && request.method == "POST"
                && request.header("x-api-key").is_some()
            {
                found.push("the key was sent to a deployed chat".to_owned());
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

impl Drop for SimulatedSim {
    fn drop(&mut self) {
        for run in self.world.runs() {
            run.crash();
        }
    }
}
