//! `jackfield tool call`: arguments typed by the tool's schema, the call watched like any run.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use jackfield_protocol::{
    api::CallTool,
    error::{ErrorCode, Failure},
    ids::ConversationId,
    model::ToolView,
};
use serde_json::{Map, Value};

use super::{
    Context, ask_for,
    tool_args::{arguments, missing},
    values,
    watch::{WatchOptions, watch},
};
use crate::{exit::Exit, output::Out, schema::Schema};

/// Arguments of `tool call`.
#[derive(Debug, Args)]
#[command(
    after_help = "A key may reach into an object (at.lat=51.05); a list takes a JSON array, or the same key \
                        several times.\nCtrl-C asks the server to stop; a second Ctrl-C leaves the call alone. \
                        Without a terminal only the result is printed."
)]
pub(crate) struct CallArgs {
    /// The tool: its name as `tool list` shows it, BACKEND/TOOL, or its id
    tool: String,
    /// Arguments, typed by the tool's schema
    #[arg(value_name = "KEY=VALUE", value_parser = values::pair)]
    pairs: Vec<(String, String)>,
    /// All arguments as a JSON object, @file, or - for stdin; KEY=VALUE goes over it
    #[arg(long, value_name = "JSON|@FILE|-")]
    args: Option<String>,
    /// Save images, sounds and other files of the result there
    #[arg(long, value_name = "DIR", conflicts_with = "detach")]
    out: Option<PathBuf>,
    /// The chat it belongs to
    #[arg(long, value_name = "ID")]
    conversation: Option<ConversationId>,
    /// Only start it, and print the id of its run
    #[arg(long)]
    detach: bool,
    /// How long the hub may be away before watching ends, in seconds; the call goes on
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    reconnect_timeout: u64,
}

/// Calls a tool.
pub(crate) async fn call(args: CallArgs, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let client = context.client()?;
    let given = object(args.args.as_deref())?;
    let view = client.tool(&args.tool).await?;
    let arguments = complete(&view, arguments(&view.tool.info.input_schema, given, &args.pairs)?, out)?;
    let call = CallTool {
        arguments: Value::Object(arguments),
        conversation_id: args.conversation,
        request_key: None,
    };
    let run = client.call_tool(view.tool.id, &call).await?;
    if args.detach {
        if out.json {
            out.document(&run)?;
        } else {
            out.line(run.id.to_string());
        }
        return Ok(Exit::Done);
    }
    let options = WatchOptions {
        after: 0,
        patience: Duration::from_secs(args.reconnect_timeout),
        cancel_on_interrupt: true,
        save: args.out,
        every_kind: true,
    };
    watch(&client, run.id, options, out).await
}

fn object(args: Option<&str>) -> Result<Map<String, Value>, Failure> {
    match args.map(|args| values::json("--args", args)).transpose()? {
        None => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(Failure::new(ErrorCode::InvalidRequest, "--args must be a JSON object.").at("--args")),
    }
}

/// Asks for required arguments that are missing, where somebody is there.
fn complete(
    view: &ToolView,
    mut object: Map<String, Value>,
    out: &Out,
) -> Result<Map<String, Value>, Failure> {
    let schema = &view.tool.info.input_schema;
    let names = missing(schema, &object);
    if !names.is_empty() && ask_for::somebody(out) {
        let form = Schema::new(schema).only(&names);
        object.extend(ask_for::form(&format!("{} needs:", view.tool.info.name), form, out)?);
    }
    Ok(object)
}
