//! Peers that are not there: replays of recorded traffic, simulated peers made from it, a proxy that breaks
//! connections, and the suites that every backend and every store has to pass. For tests, and for `--demo`.

pub mod backend_suite;
pub mod fault;
pub mod flowise;
pub mod http;
pub mod late_store;
pub mod mcp;
pub mod n8n;
pub mod oauth;
pub mod recording;
pub mod registry;
pub mod replay;
pub mod sim;
pub mod store_suite;
