//! The one stream: envelope, event types, grammar and fold.

mod body;
mod draft;
mod fold;
mod grammar;
mod run_event;

pub use body::*;
pub use draft::*;
pub use fold::*;
pub use grammar::*;
pub use run_event::*;
