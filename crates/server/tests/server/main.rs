//! The server with a real engine and store, in front of a scripted backend.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

mod api;
mod connections;
mod contract;
mod data;
mod fake;
mod hub;
mod import;
mod oauth;
mod offers;
mod otlp;
mod page;
mod refusals;
mod sign_in;
mod sse;
mod streams;
mod tools;
