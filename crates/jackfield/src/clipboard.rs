//! What the clipboard holds, by the programs that systems have for it.

use std::{process::Stdio, time::Duration};

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    import::DOCUMENT,
};
use tokio::{io::AsyncReadExt as _, process::Command, time::timeout};

/// Programs that print the clipboard, with their arguments.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("pbpaste", &[]),
    ("wl-paste", &["--no-newline"]),
    ("xclip", &["-selection", "clipboard", "-o"]),
    ("xsel", &["--clipboard", "--output"]),
    ("powershell.exe", &["-NoProfile", "-Command", "Get-Clipboard -Raw"]),
];
/// Whoever owns the clipboard has to answer; it may hang.
const PATIENCE: Duration = Duration::from_secs(5);

/// The text in the clipboard.
///
/// # Errors
/// `InvalidRequest` when there is no program for it, or it gives no text.
pub(crate) async fn text() -> Result<String, Failure> {
    from(PROGRAMS).await
}

async fn from(programs: &[(&str, &[&str])]) -> Result<String, Failure> {
    let mut said = None;
    for (program, args) in programs {
        match ask(program, args).await {
            // Not on this machine.
            None => {}
            Some(Ok(text)) => return Ok(text),
            // Present and of no use, as xclip is without a display: another may be.
            Some(Err(why)) => said = Some(format!("{program} {why}")),
        }
    }
    let names: Vec<&str> = programs.iter().map(|(program, _)| *program).collect();
    let message = said.map_or_else(
        || format!("No program here can read the clipboard; {} were looked for.", names.join(", ")),
        |said| format!("The clipboard cannot be read: {said}."),
    );
    Err(Failure::new(ErrorCode::InvalidRequest, message)
        .at("--from")
        .hint("Save the text to a file, or give it on stdin: jackfield import -"))
}

/// `None`: there is no such program.
async fn ask(program: &str, args: &[&str]) -> Option<Result<String, String>> {
    let spawned = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => return Some(Err(format!("cannot be started: {error}"))),
    };
    let stdout = child.stdout.take()?;
    let reading = async {
        let mut text = String::new();
        let read = stdout.take(DOCUMENT as u64 + 1).read_to_string(&mut text).await;
        match read {
            Ok(_) if text.len() > DOCUMENT => return Err("gives more than is taken".to_owned()),
            Ok(_) => {}
            Err(_) => return Err("gives no text".to_owned()),
        }
        match child.wait().await {
            Ok(status) if status.success() && !text.trim().is_empty() => Ok(text),
            Ok(status) if status.success() => Err("says that it is empty".to_owned()),
            _ => Err("failed".to_owned()),
        }
    };
    Some(timeout(PATIENCE, reading).await.unwrap_or_else(|_| Err("did not answer in time".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_program_that_gives_text_is_taken() {
        let programs: &[(&str, &[&str])] =
            &[("no-such-program-here", &[]), ("sh", &["-c", "exit 1"]), ("sh", &["-c", "printf hello"])];
        assert_eq!(from(programs).await.unwrap(), "hello");
    }

    #[tokio::test]
    async fn without_any_it_says_which_were_looked_for() {
        let failure = from(&[("no-such-program-here", &[])]).await.unwrap_err();
        assert!(failure.message.contains("no-such-program-here"), "{failure}");
        for (script, words) in [
            ("printf ' '", "empty"),
            ("exit 3", "failed"),
            (r"printf '\377'", "no text"),
            ("yes canary", "more than"),
        ] {
            let failure = from(&[("sh", &["-c", script])]).await.unwrap_err();
            assert!(failure.message.contains(words) && !failure.message.contains("canary"), "{failure}");
        }
    }
}
