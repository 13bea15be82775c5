//! Local servers: a program of which standard input and output are the connection.

mod driver;
mod guard;
mod program;
mod splice;

pub use guard::guard_program;
pub use program::LocalPrograms;

pub(crate) use driver::StdioTransport;
