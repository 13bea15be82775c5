//! The commands, one file for each.

pub(crate) mod backend;
pub(crate) mod backend_add;
pub(crate) mod backend_show;
pub(crate) mod data;
pub(crate) mod doctor;
pub(crate) mod error;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod prompt;
pub(crate) mod registry;
pub(crate) mod resource;
pub(crate) mod run;
pub(crate) mod run_input;
pub(crate) mod runs;
pub(crate) mod save;
pub(crate) mod serve;
pub(crate) mod sign_in;
pub(crate) mod token;
pub(crate) mod tool;
pub(crate) mod tool_call;
pub(crate) mod trace;
pub(crate) mod watch;
pub(crate) mod workflow;

mod ask_for;
mod local_program;
mod offer;
mod secrets;
mod tool_args;
mod values;
mod variables;

use jackfield_protocol::error::Failure;

use crate::{cli::Command, client::Client, config::Settings, exit::Exit, output::Out};

/// What every command has at hand.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// Where it writes.
    pub(crate) out: Out,
    /// Its settings.
    pub(crate) settings: Settings,
}

impl Context {
    /// A connection to the hub.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let server = self.settings.server()?;
        let token = self.settings.token_for(&server)?;
        Client::new(server, token)
    }
}

/// Carries out a command.
pub(crate) async fn dispatch(command: Command, context: &Context) -> Result<Exit, Failure> {
    match command {
        Command::Serve(args) => Box::pin(serve::serve(args, context)).await,
        Command::Backend(command) => Box::pin(backend::backend(command, context)).await,
        Command::Workflow(command) => workflow::workflow(command, context).await,
        Command::Run(args) => Box::pin(run::run(args, context)).await,
        Command::Tool(command) => tool::tool(command, context).await,
        Command::Resource(command) => resource::resource(command, context).await,
        Command::Prompt(command) => prompt::prompt(command, context).await,
        Command::Runs(command) => Box::pin(runs::runs(command, context)).await,
        Command::Trace(args) => trace::trace(args, context).await,
        Command::Import(args) => Box::pin(import::import(args, context)).await,
        Command::Registry(command) => Box::pin(registry::registry(command, context)).await,
        Command::Export(command) => export::export(command, context).await,
        Command::Token(command) => token::token(command, context).await,
        Command::Data(command) => data::data(command, context).await,
        Command::Doctor(args) => Box::pin(doctor::doctor(args, context)).await,
        Command::Error(args) => error::error(&args, context),
    }
}
