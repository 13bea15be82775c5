//! A simulated MCP server that behaves, and does what a test tells it: [`SimulatedMcp`] over HTTP, [`serve_stdio`] over stdin and stdout.
//!
//! Its answers have the form of recorded ones (`fixtures/wire/mcp`): keys, their order, the habits of the two SDKs; `tests` hold both side by
//! side. What no recording has (tasks, completions, rounds with several questions) follows the specification.

mod call;
mod catalogue;
mod checks;
mod control;
mod effects;
mod envelope;
mod heard;
mod http;
mod methods;
mod offers;
mod render;
mod rounds;
mod script;
mod session;
mod simulated;
mod stdio;
mod stream;
mod tasks;
mod tools;
mod tools_call;
mod world;

pub use call::{Call, Ending, Reply};
#[cfg(target_os = "linux")]
pub use control::processes;
pub use control::{StdioOptions, StdioWatch, serve_options};
pub use envelope::Fault;
pub use heard::Heard;
pub use script::{Auth, Face, LostSession, Revision, Script};
pub use simulated::SimulatedMcp;
pub use stdio::serve_stdio;

#[cfg(test)]
mod tests;
