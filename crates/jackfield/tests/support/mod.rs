//! A hub as its user starts it: the real binary, a directory of its own, simulated peers. Every process ends with
//! its guard.

#![allow(dead_code, reason = "each test file uses its part of it")]

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use serde_json::Value;

/// Longest wait for anything. Reached only when something is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A child that is killed, by its own id, when it goes out of scope.
pub(crate) struct Guard(pub(crate) Child);

impl Guard {
    /// Waits for its end, but not for ever.
    pub(crate) fn end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the process does not end");
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// Sends a signal by name, for example `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let status =
            Command::new("kill").arg(format!("-{name}")).arg(self.0.id().to_string()).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The binary with an environment of its own.
pub(crate) fn jackfield(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jackfield"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("JACKFIELD_") {
            command.env_remove(name);
        }
    }
    command.env("JACKFIELD_DATA_DIR", data_dir).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("ended by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The JSON document on stdout.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The JSON lines on stdout.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Fails the test unless it ended well.
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

/// Runs a command to its end.
pub(crate) fn say(data_dir: &Path, args: &[&str]) -> Said {
    Said::of(jackfield(data_dir).args(args).output().unwrap())
}

/// A hub that answers.
pub(crate) struct Hub {
    pub(crate) process: Guard,
    pub(crate) data_dir: PathBuf,
    pub(crate) greeting: Value,
    err: mpsc::Receiver<String>,
    _dir: Option<tempfile::TempDir>,
}

impl Hub {
    /// With simulated peers, in a new directory.
    pub(crate) fn demo() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = dir.path().join("data");
        let mut hub = Self::start(&data_dir, &["--demo"]);
        hub._dir = Some(dir);
        hub
    }

    /// In this directory.
    pub(crate) fn start(data_dir: &Path, more: &[&str]) -> Self {
        let mut command = jackfield(data_dir);
        command.args(["serve", "--json", "--key-store", "file"]).args(more);
        if !more.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, first) = mpsc::channel();
        let stdout = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = sender.send(line);
        });
        let (sender, err) = mpsc::channel();
        let mut stderr = child.stderr.take().unwrap();
        std::thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            let _ = sender.send(text);
        });
        let process = Guard(child);
        let line = first.recv_timeout(PATIENCE).unwrap();
        let Ok(greeting) = serde_json::from_str(&line) else {
            panic!("the hub did not start: {:?}", err.recv_timeout(PATIENCE));
        };
        Self { process, data_dir: data_dir.to_owned(), greeting, err, _dir: None }
    }

    /// Runs a command against it.
    pub(crate) fn say(&self, args: &[&str]) -> Said {
        say(&self.data_dir, args)
    }

    /// Ends it with a signal and returns how it ended and what it wrote to stderr.
    pub(crate) fn stop(&mut self, signal: &str) -> (Option<i32>, String) {
        self.process.signal(signal);
        let status = self.process.end();
        (status.code(), self.err.recv_timeout(PATIENCE).unwrap())
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> &str {
        self.greeting["url"].as_str().unwrap()
    }
}

/// A simulated workflow whose agent calls tools and streams.
pub(crate) const AGENT: &str = "demo-n8n/AI: streaming agent with three tools and memory";
/// A simulated workflow that takes a few seconds.
pub(crate) const SLOW: &str = "demo-n8n/Webhook, five slow steps, saveExecutionProgress true";
/// A simulated workflow that asks a person.
pub(crate) const REVIEW: &str = "demo-n8n/Chat: tool call with human review, response nodes";

/// Waits until something is true.
pub(crate) fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_true() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::park_timeout(Duration::from_millis(50));
    }
}
