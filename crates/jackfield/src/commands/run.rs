//! `jackfield run`: start a workflow and watch it.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use jackfield_protocol::{
    api::StartRun,
    error::{ErrorCode, Failure},
    ids::{ConversationId, WorkflowId},
};

use super::{
    Context,
    run_input::InputArgs,
    watch::{WatchOptions, watch},
    workflow::find,
};
use crate::exit::Exit;

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(
    after_help = "Ctrl-C asks the peer to stop; a second Ctrl-C leaves the run alone. Without a terminal only \
                        the answer is printed."
)]
pub(crate) struct RunArgs {
    /// BACKEND/WORKFLOW, or the workflow's name where it is unique
    #[arg(required_unless_present = "workflow_id")]
    workflow: Option<String>,
    /// What to say: the chat message, or the text of the body; - for stdin
    text: Option<String>,
    /// The workflow's id, in place of its name
    #[arg(long, value_name = "ID")]
    workflow_id: Option<WorkflowId>,
    /// Which way in; `workflow show` lists them
    #[arg(long, value_name = "ID")]
    entry: Option<String>,
    /// The chat it belongs to
    #[arg(long, value_name = "ID")]
    conversation: Option<ConversationId>,
    #[command(flatten)]
    input: InputArgs,
    /// Only start it, and print its id
    #[arg(long, visible_alias = "no-follow", help_heading = "Watching")]
    detach: bool,
    /// Save files that the run makes there
    #[arg(long, value_name = "DIR", conflicts_with = "detach", help_heading = "Watching")]
    save: Option<PathBuf>,
    /// How long the hub may be away before watching ends, in seconds; the run goes on
    #[arg(long, value_name = "SECONDS", default_value_t = 60, help_heading = "Watching")]
    reconnect_timeout: u64,
}

/// Starts a run.
pub(crate) async fn run(args: RunArgs, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let client = context.client()?;
    // With --workflow-id the first free word is the text.
    let (name, text) = match (&args.workflow_id, args.workflow, args.text) {
        (None, name, text) => (name, text),
        (Some(_), text, None) => (None, text),
        (Some(_), Some(name), Some(_)) => {
            return Err(Failure::new(
                ErrorCode::InvalidRequest,
                format!("The workflow is named twice: '{name}' and --workflow-id."),
            )
            .hint("Leave one of them out."));
        }
        (Some(_), None, Some(text)) => (None, Some(text)),
    };
    let (input, files) = args.input.read(text.as_deref())?;
    let workflow_id = match (args.workflow_id, name) {
        (Some(id), _) => Some(id),
        (None, Some(name)) => Some(find(&client, &name).await?.0.id),
        (None, None) => None,
    };
    let start = StartRun {
        workflow_id,
        entry: args.entry,
        conversation_id: args.conversation,
        input,
        ..StartRun::default()
    };
    let run = client.start_run(&start, files).await?;
    if args.detach {
        if out.json {
            out.document(&run)?;
        } else {
            out.line(run.id.to_string());
            if out.stderr_terminal {
                let next = format!("Started. Watch it: jackfield runs follow {}", run.id);
                out.note(out.err.paint(crate::output::Tone::Dim, next));
            }
        }
        return Ok(Exit::Done);
    }
    let options = WatchOptions {
        after: 0,
        patience: Duration::from_secs(args.reconnect_timeout),
        cancel_on_interrupt: true,
        save: args.save,
        every_kind: false,
    };
    watch(&client, run.id, options, out).await
}
