//! A stand-in of Sim Studio, made from recordings of a real one: `fixtures/wire/sim`. Sim cannot be installed from the registries, so this is
//! the only peer that the client is tried on; it says that it is simulated in every answer.
//!
//! A run is a recorded stream. A live one is cancelled when its caller leaves, as Sim does; an asynchronous one goes on. What the recordings do not
//! have of a workflow (its export, its status) is made from what they have in the form of those that were recorded.

mod bench;
mod corpus;
mod run;
mod stand_in;
#[cfg(test)]
mod tests;
mod world;

pub use bench::SimBench;
pub use corpus::{Case, Corpus};
pub use stand_in::{Face, SimulatedSim};
