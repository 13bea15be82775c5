//! What every backend has to do, whatever its platform. A platform gives a [`Bench`]: its factory, and peers that can
//! be broken. Each check is one function; [`run`] runs them all.

mod connection;
mod drive;
mod faults;
mod peer;
mod runs;

use std::time::Duration;

pub use drive::Driver;
pub use peer::{Bench, Peer, PeerCase};

/// Longest that one run may take in a check.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What a check returns: a sentence when it failed.
pub type Checked = Result<(), String>;

/// Runs every check on one platform, and tells of all that failed.
///
/// # Errors
/// One line for each failed check.
pub async fn run(bench: &dyn Bench) -> Checked {
    let mut failed = Vec::new();
    let checks: [(&str, futures_util::future::BoxFuture<'_, Checked>); 14] = [
        ("connection", Box::pin(connection::tells_what_is_there(bench))),
        ("wrong key", Box::pin(connection::tells_a_wrong_key(bench))),
        ("unreachable", Box::pin(connection::tells_that_nobody_is_there(bench))),
        ("web page", Box::pin(connection::tells_a_web_page(bench))),
        ("garbage", Box::pin(connection::survives_garbage(bench))),
        ("discovery", Box::pin(connection::discovers_the_same_twice(bench))),
        ("runs", Box::pin(runs::every_case_ends_as_it_should(bench))),
        ("splits", Box::pin(runs::splitting_changes_nothing(bench))),
        ("a bad frame", Box::pin(runs::a_bad_frame_is_kept_and_the_run_goes_on(bench))),
        ("cuts", Box::pin(faults::a_cut_connection_is_recovered(bench))),
        ("not sent", Box::pin(faults::what_was_not_sent_says_so(bench))),
        ("silence", Box::pin(faults::silence_does_not_hang(bench))),
        ("cancel", Box::pin(faults::cancel_stops_or_says_that_it_cannot(bench))),
        ("dropped stream", Box::pin(faults::a_dropped_stream_leaves_nothing_behind(bench))),
    ];
    for (name, check) in checks {
        match tokio::time::timeout(PATIENCE * 6, check).await {
            Ok(Ok(())) => {}
            Ok(Err(problem)) => failed.push(format!("{name}: {problem}")),
            Err(_) => failed.push(format!("{name}: did not end")),
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

/// Fails with what it says when the condition does not hold.
pub(crate) fn must(condition: bool, otherwise: impl FnOnce() -> String) -> Checked {
    if condition { Ok(()) } else { Err(otherwise()) }
}
