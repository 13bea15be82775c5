//! Clients of the platforms that Jackfield connects to: one folder each, one shared transport, one explicit list.

mod checks;
mod flowise;
mod guarded;
mod history;
mod live;
mod n8n;
mod registry;
mod secrecy;
mod sim;
mod teller;
#[cfg(test)]
mod testing;
mod transport;

use std::sync::Arc;

use jackfield_protocol::port::PlatformFactory;

pub use registry::HttpRegistry;

/// Every platform. A new one is a folder, a line here, and a green shared suite.
#[must_use]
pub fn platforms() -> Vec<Arc<dyn PlatformFactory>> {
    vec![Arc::new(n8n::N8nFactory), Arc::new(flowise::FlowiseFactory), Arc::new(sim::SimFactory)]
}
