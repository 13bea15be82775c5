//! `jackfield backend sign-in` and `sign-out`: a person signs in at a peer with a browser, which comes back to a
//! listener of this process on the loopback address.

mod back;

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use clap::Args;
use jackfield_protocol::error::{ErrorCode, Failure};
use tokio::{net::TcpListener, time::timeout};
use url::Url;

use self::back::{CameBack, come_back};
use super::{Context, backend::exit_of};
use crate::{
    exit::Exit,
    output::{Out, Tone, checks},
};

/// How long the browser is waited for.
const PATIENCE: Duration = Duration::from_secs(300);

/// Arguments of `backend sign-in`.
#[derive(Debug, Args)]
pub(crate) struct SignInArgs {
    /// Its name or id
    backend: String,
    /// Only print the address; open it in a browser on this machine
    #[arg(long)]
    no_browser: bool,
}

/// Signs in, and tests the connection afterwards.
pub(crate) async fn sign_in(args: SignInArgs, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let client = context.client()?;
    let backend = client.backend(&args.backend).await?.backend;
    let cannot = |error: std::io::Error| {
        Failure::internal(format!("The browser cannot be waited for: no address to listen on: {error}."))
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(cannot)?;
    let port = listener.local_addr().map_err(cannot)?.port();
    let begun = client.begin_sign_in(backend.id, format!("http://127.0.0.1:{port}/callback")).await?;
    out.note(format!("Sign in at '{}' in a browser on this machine:", backend.name));
    out.note(out.err.paint(Tone::Accent, begun.url.as_str()));
    if !args.no_browser && !open(&begun.url) {
        out.note(out.err.paint(Tone::Dim, "No browser could be opened; open the address yourself."));
    }
    let waited = timeout(PATIENCE, come_back(&listener, &begun.state)).await;
    let CameBack { answer, page } = match waited {
        Ok(came) => came?,
        Err(_) => {
            let minutes = PATIENCE.as_secs() / 60;
            let message = format!("Nobody came back from '{}' within {minutes} minutes.", backend.name);
            return Err(Failure::new(ErrorCode::PeerSignIn, message)
                .hint(format!("Try again: jackfield backend sign-in {}", backend.name)));
        }
    };
    let finished = client.finish_sign_in(backend.id, &answer).await;
    page.show(finished.as_ref().err()).await;
    finished?;
    let report = client.test_backend(backend.id).await?;
    if out.json {
        out.document(&report)?;
    } else {
        out.line(format!("{} Signed in at '{}'.", out.style.paint(Tone::Good, "✓"), backend.name));
        out.lines(checks(&report, out.width, out.style));
    }
    Ok(exit_of(report.state))
}

/// Forgets a sign-in.
pub(crate) async fn sign_out(name: &str, context: &Context) -> Result<Exit, Failure> {
    let out: &Out = &context.out;
    let client = context.client()?;
    let view = client.backend(name).await?;
    let view = client.sign_out(view.backend.id).await?;
    if out.json {
        out.document(&view)?;
    } else {
        out.line(format!("{} Signed out at '{}'.", out.style.paint(Tone::Good, "✓"), view.backend.name));
    }
    Ok(Exit::Done)
}

/// Opens a web page; false when that cannot be. A peer says what is opened, so it is nothing but a web page.
fn open(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    if !matches!(url.scheme(), "http" | "https") {
        return false;
    }
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else {
        Command::new("xdg-open")
    };
    let child =
        command.arg(url.as_str()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    match child {
        // It hands over to the browser and ends; this process may end before it.
        Ok(mut child) => {
            std::thread::spawn(move || child.wait());
            true
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_pages_are_opened() {
        for url in ["file:///etc/passwd", "javascript:alert(1)", "nonsense", "ssh://x"] {
            assert!(!open(url), "{url}");
        }
    }
}
