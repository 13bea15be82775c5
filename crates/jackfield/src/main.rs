//! The `jackfield` binary: commands, configuration, wiring, lifecycle.

mod cli;
mod client;
mod clipboard;
mod commands;
mod config;
mod demo;
mod exit;
mod follow;
mod hub_file;
mod lifecycle;
mod output;
mod places;
mod schema;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;
use jackfield_protocol::error::{ErrorCode, Failure};

use crate::{cli::Cli, commands::Context, config::Settings, exit::Exit, output::Out};

/// Makes this program a guard of a local MCP server's program; not for people.
pub(crate) const GUARD: &str = "__guard";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == GUARD) {
        return jackfield_backends::guard_program(arguments);
    }
    // Usage errors end here with code 2, help and version with 0.
    let cli = Cli::parse();
    let out = Out::new(cli.global.json, cli.global.color, environment("NO_COLOR"), dumb_terminal());
    let exit = match run(cli, &out) {
        Ok(exit) => exit,
        Err(failure) => {
            out.failure(&failure);
            Exit::of(failure.code)
        }
    };
    ExitCode::from(exit.code())
}

fn run(cli: Cli, out: &Out) -> Result<Exit, Failure> {
    // The only provider in the graph; a second call would do nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    if cli.global.token.is_some() && std::env::args_os().any(|argument| is_token_flag(&argument)) {
        out.warn("a token on the command line can be seen in the process list; JACKFIELD_TOKEN cannot");
    }
    let settings = Settings::load(&cli.global)?;
    let context = Context { out: out.clone(), settings };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Failure::new(ErrorCode::Internal, format!("The runtime cannot be started: {error}."))
    })?;
    let exit = runtime.block_on(commands::dispatch(cli.command, &context));
    // A thread may still wait for a line that nobody types; it must not hold up the end.
    runtime.shutdown_background();
    exit
}

fn is_token_flag(argument: &std::ffi::OsStr) -> bool {
    argument.to_str().is_some_and(|text| text == "--token" || text.starts_with("--token="))
}

/// Whether a variable is set to anything, as <https://no-color.org> has it.
fn environment(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn dumb_terminal() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}
