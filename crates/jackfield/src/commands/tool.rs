//! `jackfield tool`: what can be called with a JSON Schema.

use clap::{Args, Subcommand};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::Tool,
};
use serde_json::{Map, Value};

use super::{Context, backend::names, values};
use crate::{
    client::{Client, known_names},
    exit::Exit,
    output::{Column, Table, Tone, plain, pretty, wrap},
};

/// Commands of `tool`.
#[derive(Debug, Subcommand)]
pub(crate) enum ToolCommand {
    /// List tools
    List {
        /// Only those of this backend
        #[arg(long, short, value_name = "BACKEND")]
        backend: Option<String>,
    },
    /// Show a tool with its schema
    Show {
        /// BACKEND/TOOL, the tool's name where it is unique, or its id
        tool: String,
    },
    /// Call a tool
    Call(CallArgs),
}

/// Arguments of `tool call`.
#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// BACKEND/TOOL, the tool's name where it is unique, or its id
    tool: String,
    /// Arguments as a JSON object, @file, or - for stdin
    #[arg(long, short, value_name = "JSON|@FILE|-")]
    data: Option<String>,
    /// One argument; JSON where it parses, else text
    #[arg(long = "field", short, value_name = "KEY=VALUE", value_parser = values::pair)]
    fields: Vec<(String, String)>,
}

/// Carries out a command of `tool`.
pub(crate) async fn tool(command: ToolCommand, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let client = context.client()?;
    match command {
        ToolCommand::List { backend } => list(&client, backend.as_deref(), context).await?,
        ToolCommand::Show { tool } => {
            let tool = find(&client, &tool).await?;
            if out.json {
                out.document(&tool)?;
                return Ok(Exit::Done);
            }
            out.line(out.style.paint(Tone::Bold, plain(&tool.info.name)));
            if let Some(description) = &tool.info.description {
                out.lines(wrap(&plain(description), out.width.min(100)));
            }
            out.line("");
            out.line(out.style.paint(Tone::Dim, "arguments"));
            out.line(pretty(&tool.info.input_schema));
            if let Some(schema) = &tool.info.output_schema {
                out.line(out.style.paint(Tone::Dim, "result"));
                out.line(pretty(schema));
            }
        }
        ToolCommand::Call(args) => {
            let arguments = arguments(&args)?;
            let tool = find(&client, &args.tool).await?;
            let answer = client.call_tool(&tool.id.to_string(), &arguments).await?;
            if out.json {
                out.document(&answer)?;
            } else {
                out.line(pretty(&answer));
            }
        }
    }
    Ok(Exit::Done)
}

async fn list(client: &Client, backend: Option<&str>, context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    let backend = match backend {
        Some(name) => Some(client.backend(name).await?.backend.id),
        None => None,
    };
    let tools = client.tools(backend).await?;
    if out.json {
        return out.document(&tools);
    }
    if tools.is_empty() {
        out.line("No tools yet.");
        out.line(
            out.style.paint(
                Tone::Dim,
                "Tools come with MCP servers; `jackfield backend discover` reads them again.",
            ),
        );
        return Ok(());
    }
    let names = names(client).await?;
    let mut table = Table::new(vec![
        Column::flexible("tool", 14).tone(Tone::Bold),
        Column::flexible("backend", 8),
        Column::spare("what it does", 12).tone(Tone::Dim),
    ]);
    for tool in &tools {
        table.row([
            (tool.info.name.clone(), (!tool.present).then_some(Tone::Dim)),
            (names.get(&tool.backend_id).cloned().unwrap_or_default(), None),
            (tool.info.description.clone().or_else(|| tool.info.title.clone()).unwrap_or_default(), None),
        ]);
    }
    out.lines(table.render(out.width, out.style));
    Ok(())
}

async fn find(client: &Client, text: &str) -> Result<Tool, Failure> {
    let names = names(client).await?;
    let mut tools = client.tools(None).await?;
    let fits = |tool: &Tool| {
        let backend = names.get(&tool.backend_id).map(String::as_str).unwrap_or_default();
        tool.id.to_string() == text
            || tool.info.name == text
            || text.strip_prefix(backend).and_then(|rest| rest.strip_prefix('/')) == Some(&tool.info.name)
    };
    let fitting: Vec<usize> = (0..tools.len()).filter(|at| tools.get(*at).is_some_and(fits)).collect();
    match fitting.as_slice() {
        [at] => Ok(tools.swap_remove(*at)),
        [] => Err(Failure::new(ErrorCode::NotFound, format!("There is no tool '{text}'."))
            .hint(known_names("tools", "connect an MCP server", tools.iter().map(|tool| &tool.info.name)))),
        _ => Err(Failure::new(ErrorCode::Conflict, format!("Several backends have a tool '{text}'."))
            .hint("Name it as BACKEND/TOOL.")),
    }
}

fn arguments(args: &CallArgs) -> Result<Value, Failure> {
    let mut object = match &args.data {
        Some(data) => match values::json("--data", data)? {
            Value::Object(object) => object,
            _ => {
                return Err(
                    Failure::new(ErrorCode::InvalidRequest, "--data must be a JSON object.").at("--data")
                );
            }
        },
        None => Map::new(),
    };
    for (key, value) in &args.fields {
        object.insert(key.clone(), values::typed(value));
    }
    Ok(Value::Object(object))
}
