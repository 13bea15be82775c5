//! `jackfield prompt`: prompts of MCP servers, listed and filled in.

use clap::Subcommand;
use jackfield_protocol::{
    api::GetPrompt,
    error::{ErrorCode, Failure},
    model::{Offered, PromptArgument, PromptInfo, PromptMessage},
};
use serde_json::{Map, Value, json};

use super::{Context, ask_for, resource::nothing, values};
use crate::{
    client::{Client, known_names},
    exit::Exit,
    output::{Column, Out, Table, Tone, one_line, plain, pretty},
    schema::Schema,
};

/// Commands of `prompt`.
#[derive(Debug, Subcommand)]
pub(crate) enum PromptCommand {
    /// List prompts
    List {
        /// Only those of this backend
        #[arg(long, short, value_name = "BACKEND")]
        backend: Option<String>,
    },
    /// Fill in a prompt and print its messages
    Get {
        /// BACKEND/PROMPT, or the prompt's name where it is unique
        prompt: String,
        /// Arguments; all are text
        #[arg(value_name = "KEY=VALUE", value_parser = values::pair)]
        pairs: Vec<(String, String)>,
    },
}

/// Carries out a command of `prompt`.
pub(crate) async fn prompt(command: PromptCommand, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let client = context.client()?;
    match command {
        PromptCommand::List { backend } => {
            let backend = match backend {
                Some(name) => Some(client.backend(&name).await?.backend.id),
                None => None,
            };
            list(&client.prompts(backend).await?, out)?;
        }
        PromptCommand::Get { prompt, pairs } => {
            let offered = find(&client, &prompt).await?;
            let mut arguments: Map<String, Value> = Map::new();
            for (key, value) in pairs {
                arguments.insert(key, Value::String(value));
            }
            ask(&offered.info, &mut arguments, out)?;
            let arguments = arguments
                .into_iter()
                .map(|(key, value)| (key, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
                .collect();
            let body = GetPrompt { name: offered.info.name, arguments };
            let result = client.get_prompt(offered.backend_id, &body).await?;
            if out.json {
                out.document(&result)?;
                return Ok(Exit::Done);
            }
            if let Some(description) = &result.description {
                out.note(out.err.paint(Tone::Dim, one_line(description)));
            }
            result.messages.iter().for_each(|message| show(message, out));
        }
    }
    Ok(Exit::Done)
}

fn list(prompts: &[Offered<PromptInfo>], out: &Out) -> Result<(), Failure> {
    if out.json {
        return out.document(&prompts);
    }
    if prompts.is_empty() {
        return nothing("prompts", out);
    }
    let mut table = Table::new(vec![
        Column::flexible("prompt", 12).tone(Tone::Bold),
        Column::flexible("backend", 8),
        Column::flexible("arguments", 10),
        Column::spare("what it is for", 12).tone(Tone::Dim),
    ]);
    for offered in prompts {
        let info = &offered.info;
        let argument = |argument: &PromptArgument| {
            if argument.required { argument.name.clone() } else { format!("[{}]", argument.name) }
        };
        let arguments: Vec<String> = info.arguments.iter().map(argument).collect();
        table.row([
            (info.name.clone(), None),
            (offered.backend.clone(), None),
            (arguments.join(" "), None),
            (one_line(info.description.as_ref().or(info.title.as_ref()).unwrap_or(&String::new())), None),
        ]);
    }
    out.lines(table.render(out.width, out.style));
    Ok(())
}

async fn find(client: &Client, text: &str) -> Result<Offered<PromptInfo>, Failure> {
    let mut prompts = client.prompts(None).await?;
    let fits = |offered: &Offered<PromptInfo>| {
        offered.info.name == text
            || text.strip_prefix(&offered.backend).and_then(|rest| rest.strip_prefix('/'))
                == Some(&offered.info.name)
    };
    let fitting: Vec<usize> = (0..prompts.len()).filter(|at| prompts.get(*at).is_some_and(fits)).collect();
    match fitting.as_slice() {
        [at] => Ok(prompts.swap_remove(*at)),
        [] => Err(Failure::new(ErrorCode::NotFound, format!("There is no prompt '{text}'.")).hint(
            known_names("prompts", "connect an MCP server", prompts.iter().map(|offered| &offered.info.name)),
        )),
        _ => Err(Failure::new(ErrorCode::Conflict, format!("Several backends have a prompt '{text}'."))
            .hint("Name it as BACKEND/PROMPT.")),
    }
}

/// Asks for required arguments that are missing, where somebody is there; else says which they are.
fn ask(info: &PromptInfo, arguments: &mut Map<String, Value>, out: &Out) -> Result<(), Failure> {
    let missing: Vec<&PromptArgument> = info
        .arguments
        .iter()
        .filter(|argument| argument.required && !arguments.contains_key(&argument.name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|argument| argument.name.as_str()).collect();
    if !ask_for::somebody(out) {
        let message = format!("'{}' needs: {}.", info.name, names.join(", "));
        let example: Vec<String> = names.iter().map(|name| format!("{name}=…")).collect();
        return Err(
            Failure::new(ErrorCode::InvalidInput, message).hint(format!("Add {}.", example.join(" ")))
        );
    }
    let property = |argument: &&PromptArgument| {
        let mut property = json!({"type": "string"});
        for (key, text) in [("title", &argument.title), ("description", &argument.description)] {
            if let Some(text) = text {
                property[key] = text.as_str().into();
            }
        }
        (argument.name.clone(), property)
    };
    let properties: Map<String, Value> = missing.iter().map(property).collect();
    let schema = json!({ "properties": properties });
    arguments.extend(ask_for::form(
        &format!("{} needs:", info.name),
        Schema::new(&schema).only(&names),
        out,
    )?);
    Ok(())
}

fn show(message: &PromptMessage, out: &Out) {
    out.line(out.style.paint(Tone::Accent, one_line(&message.role)));
    let content = &message.content;
    let field = |name: &str| content.get(name).and_then(Value::as_str).unwrap_or_default();
    match field("type") {
        "text" => out.line(plain(field("text")).trim_end()),
        kind @ ("image" | "audio") => {
            let size = crate::output::bytes((field("data").len() / 4 * 3) as u64);
            out.line(format!("◆ {kind} · {} · {size}", one_line(field("mimeType"))));
        }
        "resource_link" => out.line(format!("◆ {}  {}", one_line(field("name")), one_line(field("uri")))),
        "resource" => match content.pointer("/resource/text").and_then(Value::as_str) {
            Some(text) => out.line(plain(text).trim_end()),
            None => out.line(pretty(content)),
        },
        _ => out.line(pretty(content)),
    }
}
