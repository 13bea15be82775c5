//! `jackfield workflow`: what the backends can run.

use clap::Subcommand;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{EntryPoint, Workflow},
};

use super::{Context, backend::names};
use crate::{
    client::{Client, known_names},
    exit::Exit,
    output::{Column, Out, Table, Tone, one_line, plain, plural, wrap},
};

/// Commands of `workflow`.
#[derive(Debug, Subcommand)]
pub(crate) enum WorkflowCommand {
    /// List workflows
    List {
        /// Only those of this backend
        #[arg(long, short, value_name = "BACKEND")]
        backend: Option<String>,
        /// Only those that can be run
        #[arg(long)]
        runnable: bool,
        /// Only those with this tag
        #[arg(long, value_name = "TAG")]
        tag: Option<String>,
    },
    /// Show a workflow: its ways in, what to put in, what to know before
    Show {
        /// BACKEND/WORKFLOW, the workflow's name where it is unique, or its id
        workflow: String,
    },
}

/// Carries out a command of `workflow`.
pub(crate) async fn workflow(command: WorkflowCommand, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let client = context.client()?;
    match command {
        WorkflowCommand::List { backend, runnable, tag } => {
            let backend = match &backend {
                Some(name) => Some(client.backend(name).await?.backend.id),
                None => None,
            };
            let mut workflows = client.workflows(backend).await?;
            workflows.retain(|workflow| !runnable || (workflow.present && workflow.info.runnable));
            workflows.retain(|workflow| tag.as_ref().is_none_or(|tag| workflow.info.tags.contains(tag)));
            if out.json {
                out.document(&workflows)?;
            } else {
                list(&client, &workflows, out).await?;
            }
        }
        WorkflowCommand::Show { workflow } => {
            let (workflow, backend) = find(&client, &workflow).await?;
            if out.json {
                out.document(&workflow)?;
            } else {
                show(&workflow, &backend, out);
            }
        }
    }
    Ok(Exit::Done)
}

async fn list(client: &Client, workflows: &[Workflow], out: &Out) -> Result<(), Failure> {
    let names = names(client).await?;
    if workflows.is_empty() {
        out.line("No workflows.");
        let next = if names.is_empty() {
            "Add a backend first: jackfield backend add n8n --url http://127.0.0.1:5678"
        } else {
            "Read them again: jackfield backend discover"
        };
        out.line(out.style.paint(Tone::Dim, next));
        return Ok(());
    }
    out.lines(table(workflows, &names).render(out.width, out.style));
    Ok(())
}

/// Workflows as a table; what cannot be run is dim and says why.
pub(crate) fn table(
    workflows: &[Workflow],
    names: &std::collections::HashMap<jackfield_protocol::ids::BackendId, String>,
) -> Table {
    let mut table = Table::new(vec![
        Column::fixed(""),
        Column::flexible("workflow", 16),
        Column::flexible("backend", 8),
        Column::fixed("start"),
        Column::fixed("answer"),
        Column::spare("notes", 10).tone(Tone::Dim),
    ]);
    for workflow in workflows {
        let info = &workflow.info;
        let runnable = workflow.present && info.runnable;
        let entry = info.entries.iter().find(|entry| entry.runnable).or_else(|| info.entries.first());
        let mark = if runnable { ("●", Tone::Good) } else { ("○", Tone::Dim) };
        let notes = if !workflow.present {
            "no longer there".to_owned()
        } else if !info.runnable {
            info.reason.clone().unwrap_or_default()
        } else {
            // Their texts are long and much the same for all: `workflow show` has them.
            let count = info.warnings.len();
            if count > 0 { plural(count, "note") } else { String::new() }
        };
        table.row([
            (mark.0.to_owned(), Some(mark.1)),
            (info.name.clone(), Some(if runnable { Tone::Bold } else { Tone::Dim })),
            (names.get(&workflow.backend_id).cloned().unwrap_or_default(), None),
            (entry.map(|entry| entry.kind.clone()).unwrap_or_default(), None),
            (entry.map(answers).unwrap_or_default(), None),
            (notes, None),
        ]);
    }
    table
}

/// How an entry answers, in a word.
fn answers(entry: &EntryPoint) -> String {
    match entry.streams {
        Some(true) => "streams".to_owned(),
        Some(false) => "at the end".to_owned(),
        None => String::new(),
    }
}

fn show(workflow: &Workflow, backend: &str, out: &Out) {
    let info = &workflow.info;
    let style = out.style;
    let state = match (workflow.present, info.runnable) {
        (false, _) => style.paint(Tone::Warn, "no longer there"),
        (true, true) => style.paint(Tone::Good, "can be run"),
        (true, false) => style.paint(Tone::Warn, "cannot be run"),
    };
    out.line(format!("{}  {state}", style.paint(Tone::Bold, one_line(&info.name))));
    if let Some(text) = &info.description {
        out.lines(wrap(&plain(text), out.width.min(100)));
    }
    out.line("");
    let active = if info.active { "yes" } else { "no" };
    let facts = [
        ("backend", Some(backend.to_owned())),
        ("reason", info.reason.clone()),
        ("active", Some(active.to_owned())),
        ("tags", (!info.tags.is_empty()).then(|| info.tags.join(", "))),
        ("changed", info.updated_at.clone()),
        ("editor", info.editor_url.clone()),
        ("id", Some(workflow.id.to_string())),
        ("peer's id", Some(info.external_id.clone())),
    ];
    super::backend_show::facts(out, &facts);
    for warning in &info.warnings {
        for (at, line) in wrap(&plain(warning), out.width.saturating_sub(4)).into_iter().enumerate() {
            let mark = if at == 0 { style.paint(Tone::Warn, "!") } else { " ".to_owned() };
            out.line(format!("  {mark} {line}"));
        }
    }
    if info.entries.is_empty() {
        return;
    }
    out.line("");
    out.line(style.paint(Tone::Dim, "WAYS IN"));
    for entry in &info.entries {
        show_entry(entry, out);
    }
    if let Some(entry) = info.entries.iter().find(|entry| entry.runnable) {
        out.line("");
        out.line(style.paint(Tone::Dim, format!("Run it: {}", example(workflow, entry, backend))));
    }
}

fn show_entry(entry: &EntryPoint, out: &Out) {
    let style = out.style;
    let (mark, tone) = if entry.runnable { ("●", Tone::Good) } else { ("○", Tone::Dim) };
    let mut facts = vec![entry.kind.clone()];
    facts.extend((!entry.methods.is_empty()).then(|| entry.methods.join(", ")));
    facts.push(match (entry.auth.as_str(), entry.authorized) {
        ("none", _) => "open to everybody".to_owned(),
        (auth, true) => format!("{auth} authentication"),
        (auth, false) => format!("{auth} authentication: secret missing"),
    });
    facts.extend(entry.response_mode.clone());
    facts.extend(entry.files.then(|| "takes files".to_owned()));
    facts.extend((!answers(entry).is_empty()).then(|| answers(entry)));
    let name = style.paint(Tone::Bold, one_line(&entry.name));
    out.line(format!("  {} {name}  {}", style.paint(tone, mark), one_line(&facts.join(" · "))));
    for line in [entry.url.as_deref(), entry.reason.as_deref()].into_iter().flatten() {
        out.line(format!("    {}", style.paint(Tone::Dim, one_line(line))));
    }
    out.line(format!("    {}", style.paint(Tone::Dim, format!("--entry {}", one_line(&entry.id)))));
}

/// A command that would run it.
fn example(workflow: &Workflow, entry: &EntryPoint, backend: &str) -> String {
    let target = format!("{backend}/{}", one_line(&workflow.info.name));
    let quoted = if target.chars().any(|c| !c.is_ascii_alphanumeric() && !"-_./".contains(c)) {
        format!("'{}'", target.replace('\'', "'\\''"))
    } else {
        target
    };
    let input = match entry.kind.as_str() {
        "chat" => " 'Hello'",
        _ => " --field key=value",
    };
    format!("jackfield run {quoted}{input}")
}

/// A workflow by `BACKEND/WORKFLOW`, unique name, peer's id or id; with the name of its backend.
pub(crate) async fn find(client: &Client, text: &str) -> Result<(Workflow, String), Failure> {
    let names = names(client).await?;
    let workflows = client.workflows(None).await?;
    let backend = |workflow: &Workflow| names.get(&workflow.backend_id).cloned().unwrap_or_default();
    let names_it = |workflow: &Workflow, name: &str| {
        workflow.info.name == name || workflow.info.external_id == name || workflow.id.to_string() == name
    };
    let fitting: Vec<&Workflow> = workflows
        .iter()
        .filter(|workflow| {
            let qualified = text.strip_prefix(&backend(workflow)).and_then(|rest| rest.strip_prefix('/'));
            names_it(workflow, text) || qualified.is_some_and(|name| names_it(workflow, name))
        })
        .collect();
    let present: Vec<&&Workflow> = fitting.iter().filter(|workflow| workflow.present).collect();
    match (present.as_slice(), fitting.as_slice()) {
        ([one], _) => Ok(((**one).clone(), backend(one))),
        ([], [one]) => Ok(((*one).clone(), backend(one))),
        ([], []) => Err(Failure::new(ErrorCode::NotFound, format!("There is no workflow '{text}'."))
            .hint(similar(text, &workflows))),
        _ => {
            let choices: Vec<String> = fitting
                .iter()
                .take(8)
                .map(|workflow| format!("{}/{}", backend(workflow), workflow.info.external_id))
                .collect();
            Err(Failure::new(
                ErrorCode::Conflict,
                format!("{} workflows are called '{text}'.", fitting.len()),
            )
            .hint(format!("Name one of: {}.", choices.join(", "))))
        }
    }
}

/// The names that are nearest to what was typed, else the first of all.
fn similar(text: &str, workflows: &[Workflow]) -> String {
    let typed = words(text.rsplit('/').next().unwrap_or(text));
    let mut near: Vec<(usize, &String)> = workflows
        .iter()
        .map(|workflow| &workflow.info.name)
        .map(|name| (words(name).iter().filter(|word| typed.contains(*word)).count(), name))
        .filter(|(shared, _)| *shared > 0)
        .collect();
    if near.is_empty() {
        return known_names(
            "workflows",
            "jackfield backend discover",
            workflows.iter().map(|w| &w.info.name),
        );
    }
    near.sort_by_key(|(shared, name)| (std::cmp::Reverse(*shared), name.len()));
    let near: Vec<String> = near.into_iter().take(3).map(|(_, name)| format!("'{name}'")).collect();
    format!("Did you mean {}?", near.join(" or "))
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2);
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use jackfield_protocol::{
        ids::{BackendId, WorkflowId},
        model::WorkflowInfo,
    };

    use super::*;

    #[test]
    fn a_mistyped_name_leads_to_the_nearest() {
        let workflow = |name: &str| Workflow {
            id: WorkflowId::new(),
            backend_id: BackendId::new(),
            discovered_at: jackfield_protocol::time::now(),
            present: true,
            info: WorkflowInfo { name: name.into(), ..WorkflowInfo::default() },
        };
        let known = [workflow("Support agent"), workflow("Support agent, old"), workflow("Nightly report")];
        assert_eq!(
            similar("n8n/support agnt", &known),
            "Did you mean 'Support agent' or 'Support agent, old'?"
        );
        assert!(similar("zzz", &known).starts_with("Known workflows: 'Support agent', "));
    }
}
