//! The ports: what the engine asks of backends and of the store. Implementations live in crates that do
//! not know each other.

mod backend;
mod progress;
mod registry;
mod secrets;
mod store;

pub use backend::*;
pub use progress::*;
pub use registry::*;
pub use secrets::*;
pub use store::*;
