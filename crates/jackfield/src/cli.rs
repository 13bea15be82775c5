//! The command line: every command and flag.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use url::Url;

use crate::{commands, output::ColorChoice};

/// One hub for the workflow orchestrators, MCP servers and LLMs that you run.
#[derive(Debug, Parser)]
#[command(name = "jackfield", version, propagate_version = true, max_term_width = 100)]
#[command(subcommand_required = true, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not reachable, 4 not authorised, \
                        130 interrupted.\nA first look without any peer of your own: jackfield serve --demo")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Print JSON: one document, or one event a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Where the hub is [default: the hub of the data directory, else http://127.0.0.1:7410]
    #[arg(long, global = true, value_name = "URL", env = "JACKFIELD_SERVER", hide_env_values = true)]
    pub(crate) server: Option<Url>,
    /// Token for the hub's API [default: the token file in the data directory]
    #[arg(long, global = true, value_name = "TOKEN", env = "JACKFIELD_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// The hub's one directory: database, keys, token file
    #[arg(long, global = true, value_name = "DIR", env = "JACKFIELD_DATA_DIR", hide_env_values = true)]
    pub(crate) data_dir: Option<PathBuf>,
    /// Configuration file [default: jackfield.toml in the data directory]
    #[arg(long, global = true, value_name = "FILE", env = "JACKFIELD_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the hub
    Serve(commands::serve::ServeArgs),
    /// Peers: add, list, show, edit, test, discover, sign in, remove
    #[command(subcommand)]
    Backend(commands::backend::BackendCommand),
    /// What the backends can run
    #[command(subcommand)]
    Workflow(commands::workflow::WorkflowCommand),
    /// Run a workflow and watch it live
    Run(commands::run::RunArgs),
    /// What the backends let you call
    #[command(subcommand)]
    Tool(commands::tool::ToolCommand),
    /// What MCP servers let you read
    #[command(subcommand)]
    Resource(commands::resource::ResourceCommand),
    /// Prompts of MCP servers
    #[command(subcommand)]
    Prompt(commands::prompt::PromptCommand),
    /// Runs: list, show, follow, cancel, answer
    #[command(subcommand)]
    Runs(commands::runs::RunsCommand),
    /// Show what happened inside a run, step by step
    Trace(commands::trace::TraceArgs),
    /// Read MCP servers from another program's configuration, or backends that `export backends` wrote
    Import(commands::import::ImportArgs),
    /// MCP servers of a registry: search, install
    #[command(subcommand)]
    Registry(commands::registry::RegistryCommand),
    /// Write backends, MCP servers for other programs, or a run to stdout
    #[command(subcommand)]
    Export(commands::export::ExportCommand),
    /// Tokens for the hub's API
    #[command(subcommand)]
    Token(commands::token::TokenCommand),
    /// What is stored, and for how long
    #[command(subcommand)]
    Data(commands::data::DataCommand),
    /// Check the hub, its data directory and every backend
    Doctor(commands::doctor::DoctorArgs),
    /// Explain an error code
    Error(commands::error::ErrorArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    /// Every page of help, so that a change of a public name is seen in review.
    #[test]
    fn help_pages() {
        let mut pages = String::new();
        let mut root = Cli::command().term_width(100);
        root.build();
        collect(&mut root, &mut pages);
        insta::assert_snapshot!(pages);
    }

    fn collect(command: &mut clap::Command, pages: &mut String) {
        if command.get_name() == "help" {
            return;
        }
        let mut help = command.clone().disable_version_flag(true);
        if command.get_display_name() != Some("jackfield") && command.get_name() != "jackfield" {
            // Said once, on the first page.
            for id in ["json", "server", "token", "data_dir", "config", "color"] {
                help = help.mut_args(|arg| if arg.get_id() == id { arg.hide(true) } else { arg });
            }
        }
        let name = help.get_bin_name().unwrap_or_default().to_owned();
        pages.push_str(&format!(
            "===== {name}
{}
",
            help.render_help()
        ));
        for child in command.get_subcommands_mut() {
            collect(child, pages);
        }
    }

    #[test]
    fn definitions_are_sound() {
        Cli::command().debug_assert();
    }
}
