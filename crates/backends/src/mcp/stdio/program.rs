//! Starting and ending a server's program, with everything that it started itself.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use jackfield_protocol::error::{ErrorCode, Failure};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::{
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    time::timeout,
};

use super::super::config::Program;

/// What programs get from the hub's own surroundings. Reads nothing global: the binary fills it in.
#[derive(Debug, Clone, Default)]
pub struct LocalPrograms {
    /// The hub's own program with the argument that makes it a guard: it ends a server with everything that the server
    /// started, also when the hub itself is killed. `None`: servers are only ended by the hub (tests).
    pub guard: Option<(PathBuf, String)>,
    /// The part of the environment that every program sees: `PATH`, `HOME`, the language and such, no secrets.
    pub environment: BTreeMap<String, String>,
}

/// The names of the environment that programs may see.
const SEEN: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TERM",
    "TMPDIR",
    "TEMP",
    "TMP",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

impl LocalPrograms {
    /// Takes what programs may see out of an environment.
    #[must_use]
    pub fn seeing(environment: impl Iterator<Item = (String, String)>) -> Self {
        let environment = environment.filter(|(name, _)| SEEN.contains(&name.as_str())).collect();
        Self { guard: None, environment }
    }

    /// With a guard.
    #[must_use]
    pub fn guarded_by(mut self, program: PathBuf, argument: &str) -> Self {
        self.guard = Some((program, argument.to_owned()));
        self
    }
}

/// How long a program may take to end by itself once its input is closed, and again once it is asked to.
const GRACE: Duration = Duration::from_millis(1000);

/// A running program; ended with everything in its process group when dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    group: Option<Pid>,
    guarded: bool,
}

/// Its ends.
pub(super) struct Pipes {
    pub(super) stdin: ChildStdin,
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
}

impl Process {
    /// Starts it.
    pub(super) fn start(program: &Program, local: &LocalPrograms) -> Result<(Self, Pipes), Failure> {
        let mut environment = local.environment.clone();
        environment.extend(program.env.clone());
        let path = environment.get("PATH").map(String::as_str).unwrap_or_default();
        let resolved = resolve(&program.command, path, program.cwd.as_deref())?;
        let mut command = match &local.guard {
            Some((guard, argument)) => {
                let mut command = Command::new(guard);
                command.arg(argument).arg(std::process::id().to_string()).arg(&resolved);
                command
            }
            None => Command::new(&resolved),
        };
        command
            .args(&program.args)
            .env_clear()
            .envs(&environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(cwd) = &program.cwd {
            if !Path::new(cwd).is_dir() {
                let message =
                    format!("The working directory '{cwd}' of '{}' is not a folder.", program.command);
                return Err(process_failure(message).at("/options/cwd"));
            }
            command.current_dir(cwd);
        }
        let mut child = command.spawn().map_err(|error| {
            process_failure(format!("'{}' cannot be started: {error}.", program.command))
                .at("/options/command")
        })?;
        let ends = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = ends else {
            return Err(Failure::internal("A program was started without its pipes."));
        };
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let process = Self { child, group, guarded: local.guard.is_some() };
        Ok((process, Pipes { stdin, stdout, stderr }))
    }

    /// Waits until it ends; says how, in words.
    pub(super) async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => in_words(status),
            Err(error) => format!("could not be watched ({error})"),
        }
    }

    /// Ends it: its input has been closed; first it is waited for, then asked, then killed.
    pub(super) async fn stop(mut self) {
        if timeout(GRACE, self.child.wait()).await.is_ok() {
            return;
        }
        self.ask();
        // A guard has the same patience again with the program itself.
        let patience = if self.guarded { 2 * GRACE } else { GRACE };
        if timeout(patience, self.child.wait()).await.is_err() {
            self.kill();
            let _ = timeout(GRACE, self.child.wait()).await;
        }
    }

    fn ask(&self) {
        // It may just have ended by itself: nothing is left to signal then.
        match self.group {
            Some(guard) if self.guarded => {
                let _ = kill_process(guard, Signal::TERM);
            }
            Some(group) => {
                let _ = kill_process_group(group, Signal::TERM);
            }
            None => {}
        }
    }

    fn kill(&mut self) {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Without a guard only killing is sure; a guard ends everything by itself once it is asked.
        let has_ended = matches!(self.child.try_wait(), Ok(Some(_)));
        if self.guarded && !has_ended {
            self.ask();
            self.group = None;
        }
        if !self.guarded {
            self.kill();
        }
    }
}

fn process_failure(message: String) -> Failure {
    Failure::new(ErrorCode::PeerProcess, message)
        .hint("Try the same command line by hand, as the user that the hub runs as.")
}

/// How a program ended, in words.
fn in_words(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(0), _) => "ended by itself".to_owned(),
        (Some(code), _) => format!("ended with code {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended".to_owned(),
    }
}

/// Where a command is: as the system would look for it, but with a message that says where was looked.
fn resolve(command: &str, path: &str, cwd: Option<&str>) -> Result<PathBuf, Failure> {
    let is_program = |file: &Path| {
        use std::os::unix::fs::PermissionsExt as _;
        file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    };
    if command.contains('/') {
        let file = match cwd {
            Some(cwd) => Path::new(cwd).join(command),
            None => PathBuf::from(command),
        };
        if is_program(&file) {
            return Ok(file);
        }
        let what = if file.exists() { "is not a program that may be started" } else { "does not exist" };
        return Err(process_failure(format!("The command '{command}' {what}.")).at("/options/command"));
    }
    let folders = std::env::split_paths(OsStr::new(path));
    if let Some(found) = folders.map(|folder| folder.join(command)).find(|file| is_program(file)) {
        return Ok(found);
    }
    let message = format!(
        "The command '{command}' was not found. Looked in: {}.",
        if path.is_empty() { "(PATH is empty)" } else { path }
    );
    Err(Failure::new(ErrorCode::PeerProcess, message)
        .hint("Give the whole path of the program, or a PATH in the backend's environment that holds its folder.")
        .at("/options/command"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_is_not_there_is_named_with_the_path() {
        let failure = resolve("no-such-program", "/nowhere:/usr/nowhere", None).unwrap_err();
        assert_eq!(failure.code, ErrorCode::PeerProcess);
        assert!(failure.message.contains("no-such-program") && failure.message.contains("/usr/nowhere"));
        assert!(resolve("sh", "/usr/bin:/bin", None).is_ok());
        assert!(resolve("./no-such", "", Some("/tmp")).unwrap_err().message.contains("does not exist"));
        assert!(resolve("/etc/passwd", "", None).unwrap_err().message.contains("not a program"));
    }

    #[test]
    fn programs_see_little_of_the_environment() {
        let all = [("PATH", "/bin"), ("JACKFIELD_TOKEN", "secret"), ("HOME", "/h")];
        let local =
            LocalPrograms::seeing(all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(local.environment.keys().collect::<Vec<_>>(), ["HOME", "PATH"]);
    }
}
