//! MCP servers for tests and `--demo`: one that behaves and can be told what to do, made from recordings of real ones, and many that misbehave.
//! Nothing here uses the SDK that the client uses: a second implementation finds more.

mod bench;
pub mod corpus;
pub mod odd;
pub mod server;

pub use bench::McpBench;
