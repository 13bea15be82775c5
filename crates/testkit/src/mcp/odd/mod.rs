//! MCP servers that misbehave on purpose. Each mode is one thing seen in the field, or one that a hostile server could do; a
//! good client survives all of them. The first modes are those of `lab/mcp/odd_stdio.py` and `odd_http.py`, under their names.

mod calls;
mod http;
mod lists;
mod modes;
mod program;
mod stdio;
#[cfg(test)]
mod tests;

pub use http::OddHttp;
pub use modes::{HTTP, Mode, STDIO};
pub use program::{linger, program};
pub use stdio::serve;
