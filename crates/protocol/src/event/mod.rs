//! The one stream: envelope, event types, grammar and fold.

mod body;
mod draft;
mod fold;
mod grammar;
mod run_event;

#[cfg(test)]
mod fold_tests;
#[cfg(test)]
mod grammar_tests;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod wire_tests;

pub use body::*;
pub use draft::*;
pub use fold::*;
pub use grammar::*;
pub use run_event::*;
