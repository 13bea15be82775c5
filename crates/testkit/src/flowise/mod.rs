//! A simulated Flowise, made from recordings of real ones: `fixtures/wire/flowise`.
//!
//! A run is a recorded exchange. It goes on when its caller is gone, is stored at its end as the real one was stored, and leaves what the real one left when it
//! fails, is aborted, or dies with the server; only ids, times and what the caller sent are its own.

mod bench;
mod corpus;
mod run;
mod sim;
#[cfg(test)]
mod tests;
mod transcript;
mod world;

pub use bench::FlowiseBench;
pub use corpus::{Case, Corpus, Told};
pub use sim::SimulatedFlowise;
pub use transcript::{Transcript, recorded, transcript};
