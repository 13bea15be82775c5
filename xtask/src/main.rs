//! Tasks of the project that need more than one cargo command. `cargo xtask --help` lists them.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool for developers")]
#![expect(clippy::disallowed_methods, reason = "this binary reads its own environment")]

mod bench;
mod ci;
mod conformance;
mod contract;
mod lab;
mod licences;
mod process;
mod record;
mod tidy;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What every task returns: a message for a person on failure.
type TaskResult<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Parser)]
#[command(about = "Tasks of the Jackfield project")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything that has to be green: format, lints, licences, tests, contract, tidiness. Installs what it needs.
    Ci,
    /// Checks of the tree that no compiler does.
    Tidy,
    /// The web page: types, lints, unit tests, build with its budget, browser tests against the real binary. Needs Node with npm.
    Web,
    /// Writes the committed contract files anew (`--check`: fails when they differ).
    Contract {
        /// Only compare.
        #[arg(long)]
        check: bool,
    },
    /// Real peers on this machine: install, start, stop, and acceptance against them.
    Lab {
        #[command(subcommand)]
        action: lab::Action,
    },
    /// The official MCP conformance suite against Jackfield's own client, in every revision. Needs Node with npm.
    Conformance {
        /// Only this revision, for example 2026-07-28.
        #[arg(long)]
        revision: Option<String>,
    },
    /// Records real peers for fixtures.
    Record {
        #[command(subcommand)]
        peer: record::Peer,
    },
    /// Measurements. Never part of the tests.
    Bench {
        #[command(subcommand)]
        what: bench::What,
    },
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    let result = match task {
        Task::Ci => ci::run_checks(),
        Task::Tidy => tidy::run(),
        Task::Web => web::run_checks(),
        Task::Contract { check } => contract::run(check),
        Task::Lab { action } => lab::run(action),
        Task::Conformance { revision } => conformance::run_suite(revision.as_deref()),
        Task::Record { peer } => record::run(peer),
        Task::Bench { what } => bench::run(what),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
