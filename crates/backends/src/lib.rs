//! Clients of the platforms that Jackfield connects to: one folder each, one shared transport, one explicit list.

mod checks;
mod flowise;
mod guarded;
mod history;
mod live;
mod mcp;
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

pub use mcp::{LocalPrograms, guard_program};

pub use registry::HttpRegistry;

/// Every platform. A new one is a folder, a line here, and a green shared suite. `local`: what programs of local MCP
/// servers get from the hub's surroundings.
#[must_use]
pub fn platforms(local: LocalPrograms) -> Vec<Arc<dyn PlatformFactory>> {
    vec![
        Arc::new(n8n::N8nFactory),
        Arc::new(flowise::FlowiseFactory),
        Arc::new(sim::SimFactory),
        Arc::new(mcp::McpFactory::new(local)),
    ]
}
