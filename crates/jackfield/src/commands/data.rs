//! `jackfield data`: what is stored, and for how long.

use clap::Subcommand;
use jackfield_protocol::{
    api::DataView,
    error::{ErrorCode, Failure},
};

use super::Context;
use crate::{
    exit::Exit,
    output::{Out, Tone, ago, bytes, plural},
};

/// Commands of `data`.
#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// Show how much is stored, and for how long it is kept
    Show,
    /// Keep runs and conversations for so long; what is older is removed
    Keep {
        /// Days, 1 to 3650, or `forever`
        #[arg(value_name = "DAYS", value_parser = days)]
        days: Keep,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// For how long.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Keep {
    Days(u32),
    Forever,
}

fn days(text: &str) -> Result<Keep, String> {
    if text == "forever" {
        return Ok(Keep::Forever);
    }
    match text.parse() {
        Ok(days @ 1..=3650) => Ok(Keep::Days(days)),
        _ => Err("expected a number of days from 1 to 3650, or `forever`".to_owned()),
    }
}

/// Carries out a command of `data`.
pub(crate) async fn data(command: DataCommand, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let client = context.client()?;
    let data = match command {
        DataCommand::Show => client.data(None).await?,
        DataCommand::Keep { days: Keep::Forever, .. } => client.keep(None).await?,
        DataCommand::Keep { days: Keep::Days(days), yes } => {
            let old = client.data(Some(days)).await?.removable.unwrap_or_default();
            let what =
                format!("{} and {}", counted(old.runs, "run"), counted(old.conversations, "conversation"));
            if !yes && (old.runs, old.conversations) != (0, 0) {
                if !out.stdin_terminal {
                    let message = format!("{what} are older than {} and would be removed.", of_days(days));
                    return Err(Failure::new(ErrorCode::InvalidRequest, message)
                        .hint("Say --yes where nobody can be asked."));
                }
                if !out.confirm(&format!("{what} are older than {}. Remove them?", of_days(days))) {
                    out.note("Nothing was changed.");
                    return Ok(Exit::Failed);
                }
            }
            client.keep(Some(days)).await?
        }
    };
    if out.json {
        out.document(&data)?;
    } else {
        show(&data, out);
    }
    Ok(Exit::Done)
}

fn show(data: &DataView, out: &Out) {
    let usage = &data.usage;
    let kept = match data.retention_days {
        None => "forever".to_owned(),
        Some(days) => of_days(days),
    };
    let reusable = match usage.reusable_bytes {
        0 => String::new(),
        free => format!(", {} of it free to be used again", bytes(free)),
    };
    let now = jackfield_protocol::time::now();
    let since =
        usage.oldest.map(|oldest| format!(", the oldest from {}", ago(oldest, now))).unwrap_or_default();
    let lines = [
        ("size", format!("{}{reusable}", bytes(usage.bytes))),
        ("runs", format!("{} with {}{since}", usage.runs, counted(usage.events, "event"))),
        ("conversations", usage.conversations.to_string()),
        ("files", format!("{}, {}", usage.files, bytes(usage.file_bytes))),
        ("kept for", kept),
    ];
    for (name, value) in lines {
        out.line(format!("{}  {value}", out.style.paint(Tone::Dim, format!("{name:13}"))));
    }
    if data.removing {
        out.note(out.err.paint(Tone::Dim, "What is older is being removed."));
    }
}

fn counted(count: u64, what: &str) -> String {
    plural(usize::try_from(count).unwrap_or(usize::MAX), what)
}

fn of_days(days: u32) -> String {
    counted(days.into(), "day")
}
