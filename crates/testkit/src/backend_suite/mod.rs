//! What every backend has to do, whatever its platform. A platform gives a [`Bench`]: its factory, and peers that can
//! be broken. Each check is one function; [`Check::run`] runs one.

mod connection;
mod drive;
mod faults;
mod peer;
mod runs;

use std::time::Duration;

use futures_util::future::BoxFuture;

pub use drive::Driver;
pub use peer::{Bench, Broken, Peer, PeerCase};

/// Longest that one run may take in a check.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What a check returns: a sentence when it failed.
pub type Checked = Result<(), String>;

/// One check of the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// A test of the connection says what is there.
    Connection,
    /// A wrong key is named as such.
    WrongKey,
    /// Nobody there is named as such.
    Unreachable,
    /// A web page in place of an answer is named as such.
    WebPage,
    /// Bytes that mean nothing break nothing.
    Garbage,
    /// A peer that repeats the key that it refuses: the key does not come out.
    Secrets,
    /// Two discoveries find the same, and everything that can be run.
    Discovery,
    /// Every case ends with the right outcome, answer and tool calls.
    Runs,
    /// A stream that comes in other pieces says the same.
    Splits,
    /// A frame that nobody understands is kept, and the run goes on.
    BadFrame,
    /// A connection that breaks at any point loses nothing and does nothing twice.
    Cuts,
    /// What never reached the peer says so.
    NotSent,
    /// Silence on an open socket does not hang.
    Silence,
    /// Cancel stops the peer, or says that it cannot.
    Cancel,
    /// A stream that is dropped leaves no connection behind.
    Dropped,
}

impl Check {
    /// Every check.
    pub const ALL: &'static [Self] = &[
        Self::Connection,
        Self::WrongKey,
        Self::Unreachable,
        Self::WebPage,
        Self::Garbage,
        Self::Secrets,
        Self::Discovery,
        Self::Runs,
        Self::Splits,
        Self::BadFrame,
        Self::Cuts,
        Self::NotSent,
        Self::Silence,
        Self::Cancel,
        Self::Dropped,
    ];

    /// Runs it on one platform, unless the platform cannot have it: then it says so.
    ///
    /// # Errors
    /// What is wrong, one line for each case.
    pub async fn run(self, bench: &dyn Bench) -> Checked {
        if let Some(reason) = bench.skip(self) {
            tracing::warn!(platform = %bench.platform(), check = ?self, reason, "skipped");
            return Ok(());
        }
        let check: BoxFuture<'_, Checked> = match self {
            Self::Connection => Box::pin(connection::tells_what_is_there(bench)),
            Self::WrongKey => Box::pin(connection::tells_a_wrong_key(bench)),
            Self::Unreachable => Box::pin(connection::tells_that_nobody_is_there(bench)),
            Self::WebPage => Box::pin(connection::tells_a_web_page(bench)),
            Self::Garbage => Box::pin(connection::survives_garbage(bench)),
            Self::Secrets => Box::pin(connection::keeps_the_key_to_itself(bench)),
            Self::Discovery => Box::pin(connection::discovers_the_same_twice(bench)),
            Self::Runs => Box::pin(runs::every_case_ends_as_it_should(bench)),
            Self::Splits => Box::pin(runs::splitting_changes_nothing(bench)),
            Self::BadFrame => Box::pin(runs::a_bad_frame_is_kept_and_the_run_goes_on(bench)),
            Self::Cuts => Box::pin(faults::a_cut_connection_is_recovered(bench)),
            Self::NotSent => Box::pin(faults::what_was_not_sent_says_so(bench)),
            Self::Silence => Box::pin(faults::silence_does_not_hang(bench)),
            Self::Cancel => Box::pin(faults::cancel_stops_or_says_that_it_cannot(bench)),
            Self::Dropped => Box::pin(faults::a_dropped_stream_leaves_nothing_behind(bench)),
        };
        tokio::time::timeout(PATIENCE * 3, check).await.unwrap_or_else(|_| Err("it does not end".to_owned()))
    }
}

/// Fails with what it says when the condition does not hold.
pub(crate) fn must(condition: bool, otherwise: impl FnOnce() -> String) -> Checked {
    if condition { Ok(()) } else { Err(otherwise()) }
}
