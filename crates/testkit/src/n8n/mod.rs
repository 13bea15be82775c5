//! A simulated n8n, made from recordings of real ones: `fixtures/wire/n8n/<version>/runs`.
//!
//! A run is a recorded exchange and the execution record that belongs to it. It goes on when its caller is gone, its
//! record grows as the real one grew, and it ends as the real one ended; only ids, times, addresses, the trace
//! context and what the caller sent are its own.

mod api;
mod bench;
mod chat;
mod corpus;
mod cursor;
mod entry;
mod play;
mod render;
mod run;
mod sim;
#[cfg(test)]
mod tests;
mod triggers;
mod world;

pub use bench::N8nBench;
pub use corpus::{Case, Corpus, Segment};
pub use sim::{N8nVersion, Options, SimulatedN8n};
