//! Signals (the first asks to end softly, the second ends at once) and the log of the hub.

use jackfield_protocol::error::{ErrorCode, Failure};
use tracing_subscriber::{EnvFilter, fmt, util::SubscriberInitExt as _};

use crate::{config::LogFormat, output::Out};

/// What is logged unless told otherwise.
const DEFAULT_FILTER: &str = "warn,jackfield=info,rmcp=error";

/// Logs to stderr from now on. No layer prints secrets: they are wrapped in types that do not show themselves.
///
/// # Errors
/// `InvalidConfig` when the filter cannot be read.
pub(crate) fn start_log(format: LogFormat, filter: Option<&str>, out: &Out) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(filter.unwrap_or(DEFAULT_FILTER)).map_err(|error| {
        Failure::new(ErrorCode::InvalidConfig, format!("The log filter cannot be read: {error}."))
            .hint("Write for example info, or warn,jackfield=debug.")
            .at("--log-filter")
    })?;
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => {
            let color = out.err != crate::output::Style::default();
            log.with_ansi(color).with_target(false).compact().finish().try_init()
        }
        LogFormat::Json => log.json().flatten_event(true).finish().try_init(),
    };
    started.map_err(|error| Failure::internal(format!("The log cannot be started: {error}.")))
}

/// Interrupts of this process: Ctrl-C, and SIGTERM where there is one.
#[derive(Debug)]
pub(crate) struct Interrupts {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Interrupts {
    /// From now on signals no longer end the process by themselves.
    ///
    /// # Errors
    /// `Internal` when the system refuses.
    #[cfg(unix)]
    pub(crate) fn new() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(|error| refused(&error))?,
            terminate: signal(SignalKind::terminate()).map_err(|error| refused(&error))?,
        })
    }

    /// From now on Ctrl-C no longer ends the process by itself.
    ///
    /// # Errors
    /// `Internal` when the system refuses.
    #[cfg(windows)]
    pub(crate) fn new() -> Result<Self, Failure> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c().map_err(|error| refused(&error))? })
    }

    /// The next one.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(windows)]
        let _ = self.interrupt.recv().await;
    }
}

fn refused(error: &std::io::Error) -> Failure {
    Failure::internal(format!("Signals cannot be received: {error}."))
}
