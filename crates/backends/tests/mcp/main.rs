//! The MCP client against servers that behave and servers that do not, over stdio and HTTP; all in Rust, none needs Node or Python.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod calls;
mod connections;
mod odd;
mod questions;
mod support;
