//! The HTTP side of the hub: API, event streams out, and the page at `/`.
//!
//! A request passes, from the outside in: one place that renders every error as a problem document and adds the
//! security headers (`problem`), the catcher of panics, the check of Host and Origin (`guard`), and for all but a
//! few public routes the check of the token (`auth`). Handlers live in `api/`, one file for each subject; they
//! return a [`jackfield_protocol::error::Failure`] and never build an error answer themselves. The document of the
//! API is generated from the handlers ([`openapi`]) and committed under `contract/`.
//!
//! This crate knows the engine and the protocol. It does not know platforms, the store, or the command line.

mod api;
mod auth;
mod base_path;
mod config;
mod document;
mod extract;
mod guard;
mod otlp;
mod page;
mod params;
mod problem;
mod router;
mod serve;
mod sign_in;
mod state;
mod stream;
mod ui;

pub use base_path::BasePath;
pub use config::{Auth, ServerConfig};
pub use document::openapi;
pub use page::{File, Page};
pub use router::router;
pub use serve::serve;
pub use sign_in::SignInCodes;
