//! The engine with a scripted peer and a store that can be held, broken and inspected.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like the tests themselves"
)]

mod answers;
mod cancel;
mod catalogue;
mod data;
mod health;
mod host;
mod import;
mod inbox;
mod offers;
mod property;
mod readers;
mod record;
mod recovery;
mod restart;
mod shutdown;
mod sign_ins;
mod support;
mod tools;
