//! A hub as its own process, and a small client of its API.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use futures_util::StreamExt as _;
use jackfield_protocol::{
    event::StreamEvent,
    frame::{Limits, SseDecoder, SseFrame},
};
use serde_json::{Value, json};

use crate::{TaskResult, process::root};

/// How to start a hub.
pub(crate) struct HubOptions {
    /// Data directory.
    pub data_dir: PathBuf,
    /// The built binary.
    pub binary: PathBuf,
    /// Port; kept over restarts.
    pub port: u16,
}

impl HubOptions {
    /// A hub with this data directory on a free port, from the debug or release build.
    pub(crate) fn new(data_dir: &Path, release: bool) -> TaskResult<Self> {
        let profile = if release { "release" } else { "debug" };
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        Ok(Self { data_dir: data_dir.to_owned(), binary: target.join(profile).join("jackfield"), port })
    }
}

/// A running hub; ended when dropped.
pub(crate) struct Hub {
    child: Child,
    /// `http://127.0.0.1:port`.
    pub url: String,
    token: String,
    http: reqwest::Client,
}

impl Hub {
    /// Starts it and waits until it answers.
    pub(crate) async fn start(options: &HubOptions) -> TaskResult<Self> {
        let url = format!("http://127.0.0.1:{}", options.port);
        let log =
            std::fs::OpenOptions::new().create(true).append(true).open(options.data_dir.join("hub.log"))?;
        let child = Command::new(&options.binary)
            .args([
                "serve",
                "--key-store",
                "file",
                "--listen",
                &format!("127.0.0.1:{}", options.port),
                "--data-dir",
            ])
            .arg(&options.data_dir)
            .stdout(log.try_clone()?)
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", options.binary.display()))?;
        let mut hub = Self { child, url, token: String::new(), http: http_client()? };
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            if hub
                .http
                .get(format!("{}/readyz", hub.url))
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success())
            {
                break;
            }
            if let Some(status) = hub.child.try_wait()? {
                return Err(format!(
                    "the hub ended at its start ({status}); see hub.log in {}",
                    options.data_dir.display()
                )
                .into());
            }
            if Instant::now() > until {
                return Err("the hub did not become ready within 30 s".into());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        hub.token = std::fs::read_to_string(options.data_dir.join("token"))?.trim().to_owned();
        Ok(hub)
    }

    /// Ends it at once, as a crash would.
    pub(crate) fn kill(&mut self) -> TaskResult {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `DELETE /api/v1/{path}`.
    pub(crate) async fn delete(&self, path: &str) -> TaskResult<Value> {
        self.send(reqwest::Method::DELETE, path, None).await
    }

    /// Its API token.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// The CLI of the same build, aimed at this hub.
    pub(crate) fn cli(&self, options: &HubOptions, arguments: &[&str]) -> Command {
        let mut command = Command::new(&options.binary);
        command
            .args(arguments)
            .env("JACKFIELD_SERVER", &self.url)
            .env("JACKFIELD_TOKEN", &self.token)
            .stdin(Stdio::null());
        command
    }

    /// `GET /api/v1/{path}`.
    pub(crate) async fn get(&self, path: &str) -> TaskResult<Value> {
        self.send(reqwest::Method::GET, path, None).await
    }

    /// `POST /api/v1/{path}`.
    pub(crate) async fn post(&self, path: &str, body: Value) -> TaskResult<Value> {
        self.send(reqwest::Method::POST, path, Some(body)).await
    }

    async fn send(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> TaskResult<Value> {
        let mut request =
            self.http.request(method, format!("{}/api/v1/{path}", self.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.header("accept", "application/json").send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        let value: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        if status.is_success() { Ok(value) } else { Err(format!("{path}: {status} {value}").into()) }
    }

    /// Adds a backend and discovers it; returns its id.
    pub(crate) async fn add(
        &self,
        platform: &str,
        name: &str,
        base_url: &str,
        secrets: Value,
        options: Value,
    ) -> TaskResult<String> {
        let new = json!({"name": name, "platform": platform, "base_url": base_url, "secrets": secrets, "options": options});
        let backend = self.post("backends", new).await?;
        let id = backend["id"].as_str().ok_or("the hub gave no backend id")?.to_owned();
        self.post(&format!("backends/{id}/discover"), json!({})).await?;
        Ok(id)
    }

    /// Adds the lab's n8n as a backend and discovers it; returns the backend's id.
    pub(crate) async fn add_n8n(
        &self,
        name: &str,
        base_url: &str,
        secrets: Value,
        options: Value,
    ) -> TaskResult<String> {
        self.add("n8n", name, base_url, secrets, options).await
    }

    /// Reads a run's events after a cursor until `stop` says so or the stream ends.
    pub(crate) async fn follow(
        &self,
        run: &str,
        after: u64,
        mut stop: impl FnMut(&StreamEvent) -> bool,
    ) -> TaskResult<Vec<StreamEvent>> {
        let mut request =
            self.http.get(format!("{}/api/v1/runs/{run}/events", self.url)).bearer_auth(&self.token);
        if after > 0 {
            request = request.header("last-event-id", after.to_string());
        }
        let answer = request.header("accept", "text/event-stream").send().await?;
        if !answer.status().is_success() {
            return Err(format!("events of {run}: {}", answer.status()).into());
        }
        let mut bytes = answer.bytes_stream();
        let mut decoder = SseDecoder::new(Limits::default());
        let mut events = Vec::new();
        while let Some(chunk) = bytes.next().await {
            let Ok(chunk) = chunk else { break };
            decoder.push(&chunk);
            for frame in decoder.by_ref() {
                let SseFrame::Event(frame) = frame.map_err(|fault| format!("{fault:?}"))? else { continue };
                let event: StreamEvent = serde_json::from_str(&frame.data)?;
                let enough = stop(&event);
                events.push(event);
                if enough {
                    return Ok(events);
                }
            }
        }
        Ok(events)
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // Nothing to be done about a hub that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client for loopback, without deadlines: the tasks bound their loops themselves.
pub(super) fn http_client() -> TaskResult<reqwest::Client> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().no_proxy().build()?)
}
