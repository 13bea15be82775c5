//! Clients of the platforms that Jackfield connects to: one folder each, one shared transport, one explicit list.

mod checks;
mod flowise;
mod guarded;
mod history;
mod live;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the client of MCP servers calls it, on a branch of its own")
)]
mod mcp;
mod n8n;
mod secrecy;
mod sim;
mod teller;
#[cfg(test)]
mod testing;
mod transport;

use std::sync::Arc;

use jackfield_protocol::port::PlatformFactory;

/// Every platform. A new one is a folder, a line here, and a green shared suite.
#[must_use]
pub fn platforms() -> Vec<Arc<dyn PlatformFactory>> {
    vec![Arc::new(n8n::N8nFactory), Arc::new(flowise::FlowiseFactory), Arc::new(sim::SimFactory)]
}
