//! A small HTTP/1.1 server on a raw socket: exact chunk boundaries, and connections that can be frozen and cut.

pub(crate) mod control;
mod request;
mod server;
mod wire;

pub use request::Request;
pub(crate) use server::{Server, Service};
pub(crate) use wire::{Flow, Wire, reason};
