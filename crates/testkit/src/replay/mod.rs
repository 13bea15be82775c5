//! Plays scripted answers on a raw socket, and watches the caller.

mod answer;
mod gate;
mod judge;
mod server;

pub use answer::{Answer, Ending};
pub use gate::{Gate, Pacing};
pub(crate) use judge::starts_a_run;
pub use judge::{Rule, key_only_to_the_api, never_posted_twice};
pub use server::ReplayServer;
