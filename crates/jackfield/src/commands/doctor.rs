//! `jackfield doctor`: checks everything that usually goes wrong, from the data directory to every backend.

use std::{path::Path, time::Instant};

use clap::Args;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{Check, CheckStatus},
};
use serde::Serialize;

use super::Context;
use crate::{
    client::Client,
    config::Settings,
    exit::Exit,
    hub_file,
    output::{Tone, bytes, check_lines, duration, health_mark, plural},
};

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Leave the backends out
    #[arg(long)]
    no_backends: bool,
}

/// Free space below which something will fail soon.
const LITTLE_SPACE: u64 = 256 * 1024 * 1024;
/// Clocks that differ by more than this make times hard to read.
const CLOCK_SECONDS: i64 = 5;

/// One group of checks.
#[derive(Debug, Serialize)]
struct Section {
    title: String,
    checks: Vec<Check>,
}

/// Checks and reports.
pub(crate) async fn doctor(args: DoctorArgs, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let mut sections = vec![Section { title: "This machine".to_owned(), checks: local(&context.settings) }];
    let client = context.client()?;
    let (hub, usable) = hub(&client).await;
    sections.push(Section { title: format!("Hub at {}", client.base()), checks: hub });
    if usable && !args.no_backends {
        for view in client.backends().await? {
            if !view.backend.enabled {
                continue;
            }
            let report = client.test_backend(view.backend.id).await;
            let checks = match report {
                Ok(report) => report.checks,
                Err(failure) => vec![failed("test", failure)],
            };
            let (_, word, _) = health_mark(view.health.state);
            let simulated = if view.backend.simulated { ", simulated" } else { "" };
            sections.push(Section {
                title: format!("Backend {} ({word}{simulated})", view.backend.name),
                checks,
            });
        }
    }
    let all = || sections.iter().flat_map(|section| &section.checks);
    let exit = all().find(|check| check.status == CheckStatus::Failed).map_or(Exit::Done, |check| {
        check.failure.as_ref().map_or(Exit::Failed, |failure| Exit::of(failure.code))
    });
    // A broken setting is not a wrong command line.
    let exit = if exit == Exit::Usage { Exit::Failed } else { exit };
    if out.json {
        out.document(&serde_json::json!({ "ok": exit == Exit::Done, "sections": sections }))?;
        return Ok(exit);
    }
    for section in &sections {
        out.line(out.style.paint(Tone::Bold, &section.title));
        out.lines(check_lines(&section.checks, out.width, out.style));
        out.line("");
    }
    let count = |status| all().filter(|check| check.status == status).count();
    let (bad, warned) = (count(CheckStatus::Failed), count(CheckStatus::Warning));
    let line = match (bad, warned) {
        (0, 0) => out.style.paint(Tone::Good, "✓ Everything is as it should be."),
        (0, _) => out.style.paint(Tone::Warn, format!("! It works; {} to look at.", plural(warned, "thing"))),
        _ => out.style.paint(
            Tone::Bad,
            format!(
                "✗ {} wrong.",
                if bad == 1 { "1 thing is".to_owned() } else { format!("{bad} things are") }
            ),
        ),
    };
    out.line(line);
    Ok(exit)
}

fn check(name: &str, status: CheckStatus, message: impl Into<String>) -> Check {
    Check { name: name.to_owned(), status, message: message.into(), failure: None }
}

fn failed(name: &str, failure: Failure) -> Check {
    Check {
        name: name.to_owned(),
        status: CheckStatus::Failed,
        message: failure.message.clone(),
        failure: Some(failure),
    }
}

fn warning(name: &str, failure: Failure) -> Check {
    Check { status: CheckStatus::Warning, ..failed(name, failure) }
}

fn local(settings: &Settings) -> Vec<Check> {
    let mut checks =
        vec![check("version", CheckStatus::Passed, format!("jackfield {}", env!("CARGO_PKG_VERSION")))];
    checks.push(match &settings.config_path {
        Some(path) => check("configuration", CheckStatus::Passed, path.display().to_string()),
        None => check("configuration", CheckStatus::Skipped, "no jackfield.toml; none is needed"),
    });
    let dir = &settings.data_dir;
    if !dir.is_dir() {
        let text = format!("{} does not exist; `jackfield serve` makes it", dir.display());
        checks.push(check("data directory", CheckStatus::Skipped, text));
        return checks;
    }
    checks.push(directory(dir));
    checks.extend(space(dir));
    checks.push(token(settings));
    checks.push(key_store(dir));
    checks
}

fn directory(dir: &Path) -> Check {
    if let Err(error) = std::fs::read_dir(dir) {
        let text = format!("{} cannot be read: {error}.", dir.display());
        return failed(
            "data directory",
            Failure::new(ErrorCode::Storage, text).hint("Run as the user that starts the hub."),
        );
    }
    if hub_file::is_private(dir) {
        return check("data directory", CheckStatus::Passed, format!("{}, yours alone", dir.display()));
    }
    let text = format!("Others on this machine can look into {}.", dir.display());
    warning(
        "data directory",
        Failure::new(ErrorCode::Storage, text).hint(format!("chmod 700 '{}'", dir.display())),
    )
}

/// Free space, where the system tells it.
#[cfg(unix)]
fn space(dir: &Path) -> Option<Check> {
    let stat = rustix::fs::statvfs(dir).ok()?;
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    if free >= LITTLE_SPACE {
        return Some(check("free space", CheckStatus::Passed, bytes(free)));
    }
    let failure =
        Failure::new(ErrorCode::Storage, format!("Only {} are free at {}.", bytes(free), dir.display()))
            .hint("Make room, or move the data directory and name it with --data-dir.");
    Some(if free < LITTLE_SPACE / 16 {
        failed("free space", failure)
    } else {
        warning("free space", failure)
    })
}

/// Free space is not asked for here.
#[cfg(not(unix))]
fn space(_: &Path) -> Option<Check> {
    let _ = (LITTLE_SPACE, bytes);
    None
}

fn token(settings: &Settings) -> Check {
    let path = settings.token_path();
    match settings.token() {
        Err(failure) => failed("token", failure),
        Ok(None) => check(
            "token",
            CheckStatus::Skipped,
            format!("no token at {}; the hub's first start makes it", path.display()),
        ),
        Ok(Some(_)) if !path.is_file() => check("token", CheckStatus::Passed, "given by flag or environment"),
        Ok(Some(_)) if hub_file::is_private(&path) => {
            check("token", CheckStatus::Passed, format!("{}, yours alone", path.display()))
        }
        Ok(Some(_)) => {
            let failure = Failure::new(
                ErrorCode::Storage,
                format!("Others can read the token file {}.", path.display()),
            )
            .hint("chmod 600 it, remove that token (jackfield token list, remove), and start the hub again.");
            warning("token", failure)
        }
    }
}

/// Where the keys that seal secrets are, as the store wrote it down.
fn key_store(dir: &Path) -> Check {
    let text = std::fs::read_to_string(dir.join("installation.json")).unwrap_or_default();
    let kept: Option<String> = serde_json::from_str::<serde_json::Value>(&text)
        .ok()
        .and_then(|installation| installation.get("keys")?.as_str().map(str::to_owned));
    let key = dir.join("key");
    match kept.as_deref() {
        None => check("key store", CheckStatus::Skipped, "not chosen yet; the hub's first start does it"),
        Some("file") if hub_file::is_private(&key) => {
            check("key store", CheckStatus::Passed, format!("file {}, yours alone", key.display()))
        }
        Some("file") => failed(
            "key store",
            Failure::new(
                ErrorCode::SecretUnreadable,
                format!("{} is missing, or others can read it.", key.display()),
            )
            .hint("Restore it from a backup, or chmod 600 it. Without it, stored secrets cannot be opened."),
        ),
        Some(kept) => check("key store", CheckStatus::Passed, format!("the system's ({kept})")),
    }
}

/// Checks of the hub, and whether it can be asked for more.
async fn hub(client: &Client) -> (Vec<Check>, bool) {
    let begin = Instant::now();
    let about = match client.about().await {
        Ok(about) => about,
        Err(failure) => return (vec![failed("reachable", failure)], false),
    };
    let took = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut checks = vec![check("reachable", CheckStatus::Passed, format!("answers in {}", duration(took)))];
    checks.push(match &about.version {
        Some(version) if version == env!("CARGO_PKG_VERSION") => {
            check("hub version", CheckStatus::Passed, version)
        }
        Some(version) => warning(
            "hub version",
            Failure::new(
                ErrorCode::PeerTooOld,
                format!("The hub is {version}, this is {}.", env!("CARGO_PKG_VERSION")),
            )
            .hint("Restart the hub with the version that you use here."),
        ),
        None => check("hub version", CheckStatus::Skipped, "not told"),
    });
    if let Some(skew) = about.clock_skew {
        let text = format!("The clocks of this machine and of the hub differ by {} s.", skew.abs());
        checks.push(if skew.abs() <= CLOCK_SECONDS {
            check("clock", CheckStatus::Passed, "agrees with the hub's")
        } else {
            warning(
                "clock",
                Failure::new(ErrorCode::Internal, text).hint("Let both follow a time server (NTP)."),
            )
        });
    }
    if let Err(failure) = client.ready().await {
        checks.push(failed("storage", failure));
    } else {
        checks.push(check("storage", CheckStatus::Passed, "the hub reads and writes its database"));
    }
    match client.backends().await {
        Ok(backends) => {
            let text = format!("accepted; {}", plural(backends.len(), "backend"));
            checks.push(check("access", CheckStatus::Passed, text));
            (checks, true)
        }
        Err(failure) => {
            checks.push(failed("access", failure));
            (checks, false)
        }
    }
}
