//! What every part of Jackfield agrees on: the one stream of events and its grammar, the fold from events to
//! chat and trace, ids, errors, the ports to backends and store, framing, and the types of the HTTP API.
//! No IO and no runtime here.

pub mod api;
pub mod error;
pub mod event;
pub mod export;
pub mod frame;
pub mod ids;
pub mod import;
pub mod model;
pub mod offer;
pub mod port;
pub mod time;
