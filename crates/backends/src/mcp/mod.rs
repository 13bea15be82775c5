//! MCP servers.

mod auth;
