//! What the suite needs of a platform.

use std::sync::Arc;

use async_trait::async_trait;
use jackfield_protocol::{
    event::Outcome,
    model::{InputAnswer, Platform, RunInput},
    port::{PlatformFactory, ResolvedBackend, RunRequest},
};

use super::Check;
use crate::replay::Pacing;

/// A platform under test.
#[async_trait]
pub trait Bench: Send + Sync {
    /// Its factory, from the crate under test.
    fn factory(&self) -> Arc<dyn PlatformFactory>;

    /// Which platform it is.
    fn platform(&self) -> Platform {
        self.factory().platform()
    }

    /// A fresh peer that answers without delay.
    ///
    /// # Errors
    /// A sentence when it cannot be started.
    async fn peer(&self) -> Result<Box<dyn Peer>, String>;

    /// Configuration that leads to another address, with deadlines as short as the platform allows.
    fn at(&self, base_url: &str) -> ResolvedBackend;

    /// Whether its cases are calls of tools: then tools are discovered, not workflows.
    fn offers_tools(&self) -> bool {
        false
    }

    /// The secret that its clients send with every request.
    fn key(&self, resolved: &ResolvedBackend) -> String {
        resolved.secrets.get("api_key").unwrap_or_default().to_owned()
    }

    /// Why the platform cannot have a check; `None`: it has to pass. Every skip shows by name and reason.
    fn skip(&self, check: Check) -> Option<&'static str> {
        let _ = check;
        None
    }
}

/// What happens to a connection in the middle of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// It ends with RST.
    Cut,
    /// It stays open, and nothing comes for longer than the client waits.
    Silent,
}

/// One peer that can be broken.
#[async_trait]
pub trait Peer: Send + Sync {
    /// Configuration that works.
    fn resolved(&self) -> ResolvedBackend;

    /// The same with a key that the peer does not know.
    fn with_wrong_key(&self) -> ResolvedBackend;

    /// What can be run there.
    fn cases(&self) -> Vec<PeerCase>;

    /// Makes ready for this case: the next run of its workflow is played like this.
    fn prepare(&self, case: &PeerCase, pace: Pacing);

    /// Cuts streams into pieces of this many bytes; 0: as recorded.
    fn split(&self, size: usize);

    /// Puts bytes that are no frame into streams.
    fn spoil(&self);

    /// Ends every connection with RST.
    fn cut_connections(&self);

    /// Sends nothing any more until it is thawed.
    fn freeze(&self, freeze: bool);

    /// Refuses connections from now on.
    fn vanish(&self);

    /// How many runs the peer made of this request. More than one is a breach of the first promise.
    fn runs_of(&self, request: &RunRequest) -> usize;

    /// What the client did that no client may.
    fn violations(&self) -> Vec<String>;

    /// Waits until no connection is open.
    async fn idle(&self);

    /// Whether the platform can stop a run.
    fn can_stop(&self) -> bool;

    /// Whether the peer ends a run whose connection breaks: then a cut run has failed, or had ended, and is not recovered.
    fn ends_with_its_connection(&self) -> bool {
        false
    }

    /// Outcomes that are right beside the case's own for a run whose connection broke, because the peer keeps no record of it that a client
    /// could read: the client has to say so.
    fn broken_outcomes(&self, case: &PeerCase, how: Broken) -> Vec<Outcome> {
        let _ = case;
        if how == Broken::Cut && self.ends_with_its_connection() { vec![Outcome::Failed] } else { Vec::new() }
    }

    /// Whether a frame that nobody understands can be told to belong to a run: then it is kept in the run, else in the client's journal.
    fn frames_belong_to_runs(&self) -> bool {
        true
    }

    /// Whether it was told to stop, for a peer that is told but does not confirm; `None`: see [`Peer::can_stop`].
    fn was_told_to_stop(&self, case: &PeerCase) -> Option<bool> {
        let _ = case;
        None
    }

    /// Whether it can stop this one, where that depends on the kind of workflow.
    fn can_stop_case(&self, case: &PeerCase) -> bool {
        let _ = case;
        self.can_stop()
    }
}

/// One run, and what has to come of it.
#[derive(Debug, Clone)]
pub struct PeerCase {
    /// Name of the recording.
    pub name: String,
    /// The peer's id of the workflow; empty for the call of a tool.
    pub workflow: String,
    /// The tool that is called, with `input.data` as its arguments; `None`: a workflow is run.
    pub tool: Option<String>,
    /// Which way in: method and path of the call, where a workflow has several.
    pub path: String,
    /// What to put in.
    pub input: RunInput,
    /// The outcomes that are right.
    pub outcomes: Vec<Outcome>,
    /// What the answer has to hold.
    pub answer: Option<String>,
    /// Names of the tool calls that the trace has to show, sorted; `None`: cannot be told.
    pub tools: Option<Vec<String>>,
    /// How to answer each question, in order.
    pub answers: Vec<InputAnswer>,
    /// How many pieces its stream has; 0 when it does not stream.
    pub pieces: usize,
}
