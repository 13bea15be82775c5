//! An authorization server and an MCP endpoint that it protects, for tests of sign-ins. Not made from recordings, but from the specifications
//! (RFC 6749, 7009, 7591, 7636, 8414, 9207, 9728; MCP 2025-03-26 to 2026-07-28), and strict: what a caller does wrong is refused and noted.

mod options;
mod place;
mod server;
#[cfg(test)]
mod tests;
mod token;
mod world;

pub use options::{Iss, Layout, OauthOptions};
pub use server::{Answer, SimulatedOauth};
pub use world::Challenge;
