//! `jackfield tool`: what can be called with a JSON Schema.

use clap::Subcommand;
use jackfield_protocol::{
    error::Failure,
    model::{ToolInfo, ToolStatus, ToolView},
};
use serde_json::Value;

use super::{
    Context,
    backend_show::facts,
    tool_call::{CallArgs, call},
};
use crate::{
    client::Client,
    exit::Exit,
    output::{Column, Out, Table, Tone, compact, one_line, plain, pretty, wrap},
    schema::Schema,
};

/// Commands of `tool`.
#[derive(Debug, Subcommand)]
pub(crate) enum ToolCommand {
    /// List tools
    List {
        /// Only those of this backend
        #[arg(long, short, value_name = "BACKEND")]
        backend: Option<String>,
        /// Only those with this text in name, title or description
        #[arg(long, short, value_name = "TEXT")]
        query: Option<String>,
        /// Only those with this status; may be repeated
        #[arg(long, value_name = "STATUS")]
        status: Vec<ToolStatus>,
    },
    /// Show a tool with its arguments
    Show {
        /// Its name as `tool list` shows it, BACKEND/TOOL, or its id
        tool: String,
        /// Also its schemas, as the server wrote them
        #[arg(long)]
        schema: bool,
    },
    /// Call a tool
    Call(CallArgs),
    /// Accept the changed definition of a tool
    Accept {
        /// Its name as `tool list` shows it, BACKEND/TOOL, or its id
        tool: String,
    },
}

/// Carries out a command of `tool`.
pub(crate) async fn tool(command: ToolCommand, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let client = context.client()?;
    match command {
        ToolCommand::List { backend, query, status } => {
            let mut filter: Vec<(&str, String)> = vec![("limit", "1000".to_owned())];
            filter.extend(backend.map(|name| ("backend", name)));
            filter.extend(query.map(|text| ("q", text)));
            filter.extend(status.iter().map(|status| ("status", status.as_str().to_owned())));
            list(&client.tools(&filter).await?, out)?;
        }
        ToolCommand::Show { tool, schema } => {
            let view = client.tool(&tool).await?;
            if out.json {
                out.document(&view)?;
            } else {
                show(&view, schema, out);
            }
        }
        ToolCommand::Call(args) => return Box::pin(call(args, context)).await,
        ToolCommand::Accept { tool } => accept(&tool, &client, out).await?,
    }
    Ok(Exit::Done)
}

fn list(tools: &[ToolView], out: &Out) -> Result<(), Failure> {
    if out.json {
        return out.document(&tools);
    }
    if tools.is_empty() {
        out.line("No tools.");
        let next = "Tools come with MCP servers: jackfield backend add NAME --platform mcp --url URL";
        out.line(out.style.paint(Tone::Dim, next));
        return Ok(());
    }
    out.lines(table(tools).render(out.width, out.style));
    Ok(())
}

/// Tools as a table; what cannot be called is dim and says why.
fn table(tools: &[ToolView]) -> Table {
    let mut table = Table::new(vec![
        Column::fixed(""),
        Column::flexible("tool", 14),
        Column::flexible("backend", 8),
        Column::spare("what it does", 12).tone(Tone::Dim),
        Column::fixed("notes").tone(Tone::Warn),
    ]);
    for view in tools {
        let info = &view.tool.info;
        let (mark, tone, word) = status(view.status);
        let usable = matches!(view.status, ToolStatus::Available | ToolStatus::Changed);
        table.row([
            (mark.to_owned(), Some(tone)),
            (view.tool.qualified_name.clone(), Some(if usable { Tone::Bold } else { Tone::Dim })),
            (view.backend.clone(), None),
            (what(info), None),
            (word.to_owned(), None),
        ]);
    }
    table
}

/// What a tool does, in a line.
pub(crate) fn what(info: &ToolInfo) -> String {
    let text = info.description.as_deref().or(info.title.as_deref()).unwrap_or_default();
    one_line(text.lines().next().unwrap_or_default())
}

/// Mark, colour and word of a status; no word where all is well.
fn status(status: ToolStatus) -> (&'static str, Tone, &'static str) {
    match status {
        ToolStatus::Available => ("●", Tone::Good, ""),
        ToolStatus::Changed => ("●", Tone::Warn, "changed"),
        ToolStatus::Quarantined => ("○", Tone::Bad, "not valid"),
        ToolStatus::Gone => ("○", Tone::Dim, "gone"),
        ToolStatus::BackendDown => ("○", Tone::Bad, "backend down"),
        ToolStatus::BackendDisabled => ("○", Tone::Dim, "disabled"),
    }
}

fn show(view: &ToolView, with_schema: bool, out: &Out) {
    let (tool, style) = (&view.tool, out.style);
    let info = &tool.info;
    let (mark, tone, word) = status(view.status);
    let word = if word.is_empty() { "can be called" } else { word };
    out.line(format!(
        "{}  {}",
        style.paint(Tone::Bold, one_line(info.title.as_deref().unwrap_or(&info.name))),
        style.paint(tone, format!("{mark} {word}"))
    ));
    if let Some(description) = &info.description {
        out.lines(wrap(&plain(description), out.width.min(100)));
    }
    out.line("");
    facts(
        out,
        &[
            ("name", Some(tool.qualified_name.clone())),
            ("at the server", Some(info.name.clone())),
            ("backend", Some(view.backend.clone())),
            ("hints", hints(info)),
            ("as a task", info.task_support.clone()),
            ("changed", tool.accepted.as_ref().map(|accepted| differences(accepted, &info.definition))),
            ("id", Some(tool.id.to_string())),
        ],
    );
    for text in info.problem.iter().chain(&info.warnings) {
        for (at, line) in wrap(&plain(text), out.width.saturating_sub(4)).into_iter().enumerate() {
            let mark = if at == 0 { style.paint(Tone::Warn, "!") } else { " ".to_owned() };
            out.line(format!("  {mark} {line}"));
        }
    }
    if tool.changed {
        let next = format!("Accept it: jackfield tool accept {}", tool.qualified_name);
        out.line(style.paint(Tone::Dim, next));
    }
    arguments(&tool.qualified_name, info, out);
    if with_schema {
        out.line(format!("\n{}", style.paint(Tone::Dim, "ARGUMENTS AS A SCHEMA")));
        out.line(pretty(&info.input_schema));
        if let Some(schema) = &info.output_schema {
            out.line(style.paint(Tone::Dim, "RESULT AS A SCHEMA"));
            out.line(pretty(schema));
        }
    }
}

/// A table of the arguments, and how to call it.
fn arguments(qualified_name: &str, info: &ToolInfo, out: &Out) {
    let schema = Schema::new(&info.input_schema);
    let required = schema.required(&info.input_schema);
    let Some(properties) = info.input_schema.get("properties").and_then(Value::as_object) else { return };
    if properties.is_empty() {
        out.line(format!("\n{}", out.style.paint(Tone::Dim, "It takes no arguments.")));
        return;
    }
    out.line("");
    let mut table = Table::new(vec![
        Column::flexible("argument", 10).tone(Tone::Bold),
        Column::flexible("type", 8),
        Column::fixed(""),
        Column::spare("what it is", 12).tone(Tone::Dim),
    ]);
    let mut example = String::new();
    for (name, given) in properties {
        let property = schema.resolve(given);
        let choices = schema.choices(property);
        let kind = if choices.is_empty() {
            schema.types(property).join(" or ")
        } else {
            choices.iter().take(8).map(|choice| choice.label.clone()).collect::<Vec<_>>().join(" | ")
        };
        let needed = required.contains(&name.as_str());
        let text = |key: &str| given.get(key).or_else(|| property.get(key)).and_then(Value::as_str);
        let mut what = one_line(text("description").or_else(|| text("title")).unwrap_or_default());
        if let Some(default) = given.get("default").or_else(|| property.get("default")) {
            what = format!("{what} (default {})", compact(default)).trim_start().to_owned();
        }
        table.row([
            (name.clone(), None),
            (kind, None),
            (if needed { "required".to_owned() } else { String::new() }, Some(Tone::Warn)),
            (what, None),
        ]);
        if needed {
            example.push_str(&format!(" {name}=…"));
        }
    }
    out.lines(table.render(out.width, out.style));
    if info.problem.is_none() {
        let example = format!("jackfield tool call {qualified_name}{example}");
        out.line(out.style.paint(Tone::Dim, example));
    }
}

/// The server's own hints, in words. Nobody has checked them.
fn hints(info: &ToolInfo) -> Option<String> {
    let hint = |name: &str| info.annotations.as_ref()?.get(name)?.as_bool();
    let words = [
        ("readOnlyHint", "only reads", "changes things"),
        ("destructiveHint", "may destroy", "destroys nothing"),
        ("idempotentHint", "the same when called twice", "not the same when called twice"),
        ("openWorldHint", "reaches outside", "stays inside"),
    ];
    let said: Vec<&str> = words
        .into_iter()
        .filter_map(|(name, yes, no)| hint(name).map(|hint| if hint { yes } else { no }))
        .collect();
    (!said.is_empty()).then(|| format!("{} (the server says so)", said.join(", ")))
}

/// Which parts of a definition differ from the accepted one.
fn differences(accepted: &Value, now: &Value) -> String {
    let (Some(before), Some(after)) = (accepted.as_object(), now.as_object()) else {
        return "the whole definition".to_owned();
    };
    let mut parts: Vec<&str> = before
        .keys()
        .chain(after.keys())
        .filter(|key| before.get(*key) != after.get(*key))
        .map(String::as_str)
        .collect();
    parts.sort_unstable();
    parts.dedup();
    format!("{} since it was accepted", parts.join(", "))
}

async fn accept(name: &str, client: &Client, out: &Out) -> Result<(), Failure> {
    let before = client.tool(name).await?;
    let view = client.accept_tool(before.tool.id).await?;
    if out.json {
        return out.document(&view);
    }
    let text = if before.tool.changed { "Accepted" } else { "Nothing had changed in" };
    out.line(format!("{} {text} '{}'.", out.style.paint(Tone::Good, "✓"), view.tool.qualified_name));
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hints_and_differences_are_said_in_words() {
        let info = ToolInfo {
            annotations: Some(json!({"readOnlyHint": true, "openWorldHint": false, "title": "x"})),
            ..ToolInfo::default()
        };
        assert_eq!(hints(&info).unwrap(), "only reads, stays inside (the server says so)");
        assert_eq!(hints(&ToolInfo::default()), None);
        let (old, new) = (json!({"name": "a", "description": "b"}), json!({"name": "a", "annotations": {}}));
        assert_eq!(differences(&old, &new), "annotations, description since it was accepted");
    }
}
