//! Tests of the simulated server, with a plain HTTP client and with bytes: nothing that knows MCP.

mod client;
mod legacy;
mod modern;
mod recorded;
mod steering;
