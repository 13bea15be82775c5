//! Acceptance against a real n8n: connect, discover, run everything, pause, cancel.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    compare::{recorded_answer, trace_equals_record},
    hub::{Hub, HubOptions, http_client},
    n8n_faults, n8n_telemetry,
    report::Report,
};
use crate::{
    TaskResult,
    process::{run, run_with},
};

/// A running n8n of the lab.
pub(crate) struct Lab {
    /// Where it is.
    pub base_url: String,
    /// A key with all scopes.
    pub api_key: String,
    /// A key that may only read.
    pub read_key: String,
    /// Everything else that the preparation wrote down.
    pub state: Value,
    /// Where that is.
    pub state_file: PathBuf,
    /// Version and port, to restart it with.
    pub version: String,
    /// Port of n8n.
    pub port: u16,
}

impl Lab {
    /// Installs n8n where it is missing, starts it where it is not running, and reads its state.
    pub(crate) fn start(version: &str, port: u16) -> TaskResult<Self> {
        let environment = environment(version, port);
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        run_with("bash", &["lab/n8n/install.sh"], &environment)?;
        let cache = std::env::var("LAB_DIR").map(PathBuf::from).or_else(|_| {
            std::env::var("XDG_CACHE_HOME")
                .map(PathBuf::from)
                .or_else(|_| std::env::var("HOME").map(|home| PathBuf::from(home).join(".cache")))
                .map(|cache| cache.join("jackfield-lab"))
        })?;
        let state_file = cache.join(format!("run-{port}")).join("state.json");
        let listens = std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        if listens && !state_file.exists() {
            return Err(format!("port {port} is taken by something that is not n8n of the lab").into());
        }
        if !listens {
            run_with("bash", &["-c", "bash lab/n8n/start.sh > /dev/null"], &environment)?;
        }
        let state: Value = serde_json::from_str(&std::fs::read_to_string(&state_file)?)?;
        let text = |key: &str| {
            state[key].as_str().map(str::to_owned).ok_or(format!("{key} is missing in the state"))
        };
        Ok(Self {
            base_url: text("baseUrl")?,
            api_key: text("apiKey")?,
            read_key: text("readKey")?,
            state_file,
            version: version.to_owned(),
            port,
            state,
        })
    }

    /// Whether it is a 1.x, which cannot stop executions.
    pub(crate) fn is_1(&self) -> bool {
        self.version.starts_with("1.")
    }

    /// Stops it the way an operator would.
    pub(crate) fn stop(&self) -> TaskResult {
        run_with("bash", &["lab/n8n/stop.sh"], &[("N8N_PORT", &self.port.to_string())])
    }

    /// Starts it again with the data it had.
    pub(crate) fn start_again(&self) -> TaskResult {
        let environment = environment(&self.version, self.port);
        let mut environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        environment.push(("SETUP", "0"));
        run_with("bash", &["-c", "bash lab/n8n/start.sh > /dev/null"], &environment)
    }

    /// Ends n8n at once, as a crash would; the LLM stays.
    pub(crate) fn kill(&self) -> TaskResult {
        let folder = self.state_file.parent().ok_or("no run folder")?;
        run("bash", &["-c", &format!("kill -9 $(cat '{}/n8n.pid')", folder.display())])
    }

    /// `GET /api/v1/{path}` of n8n itself.
    pub(crate) async fn get(&self, path: &str) -> TaskResult<Value> {
        let url = format!("{}/api/v1/{path}", self.base_url);
        let answer = http_client()?.get(url).header("x-n8n-api-key", &self.api_key).send().await?;
        Ok(serde_json::from_str(&answer.text().await?)?)
    }

    /// `PUT /api/v1/{path}` of n8n itself.
    pub(crate) async fn put(&self, path: &str, body: &Value) -> TaskResult {
        let url = format!("{}/api/v1/{path}", self.base_url);
        let request = http_client()?.put(url).header("x-n8n-api-key", &self.api_key);
        let answer = request.json(body).send().await?;
        let status = answer.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(format!("{path}: {status} {}", answer.text().await?).into())
        }
    }

    /// The execution record with data.
    pub(crate) async fn execution(&self, id: &str) -> TaskResult<Value> {
        self.get(&format!("executions/{id}?includeData=true")).await
    }

    /// How many executions were started by this run, looking at the newest 50 of all states: those with its
    /// traceparent, and in versions that keep none, those of a webhook whose data hold the run's id.
    pub(crate) async fn executions_of(&self, run_id: &str) -> TaskResult<usize> {
        let trace_id = run_id.replace('-', "");
        let mut ids = Vec::new();
        for query in ["limit=50", "limit=50&status=running", "limit=50&status=new", "limit=50&status=waiting"]
        {
            let list = self.get(&format!("executions?{query}")).await.unwrap_or_default();
            ids.extend(
                list["data"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|row| row["mode"] == "webhook" || row["mode"] == "chat")
                    .filter_map(|row| row["id"].as_str().map(str::to_owned)),
            );
        }
        ids.sort();
        ids.dedup();
        let mut count = 0;
        for id in ids {
            let execution = self.get(&format!("executions/{id}")).await?;
            let ours = match execution.get("tracingContext") {
                Some(context) => context["traceparent"].as_str().is_some_and(|own| own.contains(&trace_id)),
                None => self.execution(&id).await?["data"].to_string().contains(run_id),
            };
            count += usize::from(ours);
        }
        Ok(count)
    }

    /// Secrets for guarded webhooks, as the n8n platform of the hub takes them.
    pub(crate) fn secrets(&self) -> Value {
        let own = &self.state["secrets"];
        json!({
            "api_key": self.api_key,
            "basic_user": own["basicUser"], "basic_password": own["basicPassword"],
            "header_value": own["headerValue"], "jwt_secret": own["jwtSecret"],
        })
    }

    /// Options for guarded webhooks.
    pub(crate) fn options(&self) -> Value {
        json!({"header_name": self.state["secrets"]["headerName"]})
    }
}

fn environment(version: &str, port: u16) -> Vec<(&'static str, String)> {
    vec![
        ("N8N_VERSION", version.to_owned()),
        ("N8N_PORT", port.to_string()),
        ("LLM_PORT", (port + 13000).to_string()),
        ("TOKENS", "12".to_owned()),
        ("DELAY_MS", "40".to_owned()),
        ("OTEL_BSP_SCHEDULE_DELAY", "200".to_owned()),
    ]
}

/// Workflows that wait for somebody or for minutes; they have parts of their own.
const WAITING: &[&str] = &[
    "wait-last",
    "wait-long",
    "wait-resume",
    "chat-hitl",
    "chat-hitl-stream",
    "chat-respond",
    "chat-respond-approve",
    "ai-wait-mid",
];

/// Workflows that are made to fail, or that the scripted LLM cannot satisfy (`ai-parser`: it never uses the tool that
/// the output parser wants); every other one has to succeed.
const FAILING: &[&str] =
    &["wh-error", "wh-error-node", "wh-timeout", "ai-timeout", "ai-then-error", "ai-parser"];

/// The whole acceptance; `only` picks parts by name.
pub(super) async fn test(version: &str, port: u16, only: Option<&str>, keep: bool) -> TaskResult {
    let lab = Lab::start(version, port)?;
    run("cargo", &["build", "--quiet", "-p", "jackfield"])?;
    let data = tempfile::tempdir()?;
    let options = HubOptions::new(data.path(), false)?;
    let mut hub = Hub::start(&options).await?;
    let mut report = Report::default();
    let wanted = |part: &str| only.is_none_or(|only| part.contains(only));
    println!("n8n {version} at {}", lab.base_url);
    if wanted("connect") {
        connect(&lab, &hub, &mut report).await?;
    }
    let backend = hub.add_n8n("lab", &lab.base_url, lab.secrets(), lab.options()).await?;
    if wanted("discover") {
        discover(&lab, &hub, &backend, &mut report).await?;
    }
    if wanted("run") {
        run_all(&lab, &hub, &options, &mut report).await?;
    }
    if wanted("pause") {
        n8n_faults::pauses(&lab, &hub, &mut report).await?;
    }
    if wanted("cancel") {
        n8n_faults::cancel(&lab, &hub, &mut report).await?;
    }
    if wanted("telemetry") && !lab.is_1() {
        n8n_telemetry::live_steps(&lab, &hub, &mut report).await?;
    }
    if wanted("fault") {
        n8n_faults::cut(&lab, &hub, &mut report).await?;
        hub = n8n_faults::kill_hub(&lab, hub, &options, &mut report).await?;
    }
    if wanted("restart") {
        n8n_faults::restart_peer(&lab, &hub, &mut report).await?;
    }
    drop(hub);
    if !keep {
        lab.stop()?;
    }
    report.finish()
}

async fn connect(lab: &Lab, hub: &Hub, report: &mut Report) -> TaskResult {
    println!("connect");
    // What a read-only key cannot do, 1.x cannot do at all.
    let read_only = if lab.is_1() { "connected" } else { "degraded" };
    let cases = [
        ("full key", lab.base_url.clone(), lab.api_key.as_str(), "connected"),
        ("wrong key", lab.base_url.clone(), "wrong", "unauthorized"),
        ("read-only key", lab.base_url.clone(), lab.read_key.as_str(), read_only),
        ("nothing there", "http://127.0.0.1:9".to_owned(), lab.api_key.as_str(), "unreachable"),
    ];
    for (name, url, key, expected) in cases {
        let began = Instant::now();
        let body = json!({"name": "probe", "platform": "n8n", "base_url": url, "secrets": {"api_key": key}});
        let answer = hub.post("backends/test", body).await?;
        let state = answer["state"].as_str().unwrap_or_default();
        let result = if state == expected {
            Ok(state.to_owned())
        } else {
            Err(format!("{state} in place of {expected}: {answer}"))
        };
        report.check(&format!("test connection, {name}"), result);
        report.time(&format!("test connection, {name}"), began.elapsed(), Duration::from_secs(2));
    }
    Ok(())
}

async fn discover(lab: &Lab, hub: &Hub, backend: &str, report: &mut Report) -> TaskResult {
    println!("discover");
    let began = Instant::now();
    let found = hub.post(&format!("backends/{backend}/discover"), json!({})).await?;
    report.time("discovery", began.elapsed(), Duration::from_secs(3));
    let workflows = found["workflows"].as_array().cloned().unwrap_or_default();
    for (file, expected) in lab.state["wf"].as_object().into_iter().flatten() {
        let workflow = workflows.iter().find(|workflow| workflow["external_id"] == expected["id"]);
        report.check(&format!("discovered {file}"), entries_match(expected, workflow));
    }
    Ok(())
}

fn entries_match(expected: &Value, workflow: Option<&Value>) -> Result<String, String> {
    let workflow = workflow.ok_or("not found")?;
    let entries = workflow["entries"].as_array().cloned().unwrap_or_default();
    for url in expected["urls"].as_array().into_iter().flatten() {
        let wanted = match &url["method"] {
            Value::Null => Vec::new(),
            Value::Array(methods) => methods.clone(),
            method => vec![method.clone()],
        };
        let entry = entries.iter().find(|entry| {
            let methods = entry["methods"].as_array();
            entry["url"] == url["url"]
                && wanted.iter().all(|method| methods.is_some_and(|methods| methods.contains(method)))
        });
        let entry = entry.ok_or_else(|| format!("no entry for {url}; there are {entries:?}"))?;
        let mode = url["responseMode"].as_str().unwrap_or_default();
        if !mode.is_empty() && entry["response_mode"] != url["responseMode"] {
            return Err(format!("response mode {} in place of {mode}", entry["response_mode"]));
        }
    }
    if expected["active"] == true && workflow["runnable"] != true && workflow["reason"].is_null() {
        return Err("not runnable, and no reason given".to_owned());
    }
    Ok(format!("{} entries, runnable {}", entries.len(), workflow["runnable"]))
}

async fn run_all(lab: &Lab, hub: &Hub, options: &HubOptions, report: &mut Report) -> TaskResult {
    println!("run");
    let workflows = hub.get("workflows").await?;
    let workflows = workflows["items"].as_array().cloned().unwrap_or_default();
    for (file, known) in lab.state["wf"].as_object().into_iter().flatten() {
        let Some(workflow) = workflows.iter().find(|workflow| workflow["external_id"] == known["id"]) else {
            continue;
        };
        if workflow["runnable"] != true || WAITING.contains(&file.as_str()) {
            continue;
        }
        for entry in
            workflow["entries"].as_array().into_iter().flatten().filter(|entry| entry["runnable"] == true)
        {
            let result = run_one(lab, hub, options, file, workflow, entry).await;
            report.check(
                &format!("run {file} ({})", entry["kind"].as_str().unwrap_or("?")),
                result.map_err(|error| error.to_string()),
            );
        }
    }
    Ok(())
}

/// Runs one entry through the CLI and compares text, steps and outcome with n8n's record.
async fn run_one(
    lab: &Lab,
    hub: &Hub,
    options: &HubOptions,
    name: &str,
    workflow: &Value,
    entry: &Value,
) -> TaskResult<String> {
    let id = workflow["id"].as_str().ok_or("no id")?;
    let mut arguments =
        vec!["run", "--json", "--workflow-id", id, "--entry", entry["id"].as_str().ok_or("no entry id")?];
    let file = options.data_dir.join("upload.txt");
    std::fs::write(&file, "lab upload\n")?;
    let upload = format!("file0=@{}", file.display());
    if entry["url"].as_str().is_some_and(|url| url.contains(':') && url.contains("/:")) {
        arguments.extend(["--path", "orderId=4711"]);
    }
    if workflow["name"].as_str().is_some_and(|name| name.contains("upload")) {
        arguments.extend(["--file", &upload]);
    }
    // Longer than the workflow may run.
    let text = if name == "ai-timeout" { "hi [tokens=100][delay=100]" } else { "hi [tokens=6]" };
    arguments.extend(["--field", "orderId=42", text]);
    let output = tokio::process::Command::from(hub.cli(options, &arguments)).output().await?;
    let text = String::from_utf8_lossy(&output.stdout);
    let events: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let done = events.last().filter(|event| event["type"] == "done").ok_or_else(|| {
        format!(
            "no done; the CLI said: {}",
            String::from_utf8_lossy(&output.stderr).chars().take(400).collect::<String>()
        )
    })?;
    let run_id = done["run_id"].as_str().ok_or("no run id")?;
    let run = hub.get(&format!("runs/{run_id}")).await?;
    let outcome = done["data"]["outcome"].as_str().unwrap_or_default().to_owned();
    let Some(execution_id) = run["external_id"].as_str() else {
        let saved = workflow["warnings"].to_string();
        return if saved.contains("save") {
            Ok(format!("{outcome}, not saved at n8n"))
        } else {
            Err("no execution id".into())
        };
    };
    let execution = lab.execution(execution_id).await?;
    if execution["status"].is_null() {
        return Ok(format!("{outcome}, not saved at n8n"));
    }
    let expected = match execution["status"].as_str().unwrap_or_default() {
        "success" => "succeeded",
        "canceled" => "cancelled",
        "error" | "crashed" => "failed",
        other => other,
    };
    // A workflow timeout is a cancel in n8n's words, but nobody asked for it: a failure in ours.
    let stopped_there = expected == "cancelled" && outcome == "failed";
    if outcome != expected && !stopped_there {
        return Err(format!("outcome {outcome}, but n8n says {expected}").into());
    }
    if (outcome == "failed") != FAILING.contains(&name) {
        return Err(format!("outcome {outcome}: {}", done["data"]["reason"]).into());
    }
    let trace = hub.get(&format!("runs/{run_id}/trace")).await?;
    let compared = trace_equals_record(&trace, &execution)?;
    if let Some(answer) = recorded_answer(&execution).filter(|_| outcome == "succeeded") {
        let told: String = trace["messages"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|message| message["text"].as_str())
            .collect();
        if !told.contains(answer.trim()) {
            return Err(format!("the text is {told:?}, but n8n says {answer:?}").into());
        }
    }
    Ok(format!("{outcome}, {compared} steps as recorded"))
}
