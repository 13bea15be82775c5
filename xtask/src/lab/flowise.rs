//! Acceptance against a real Flowise: connect, discover, run every flow of the lab, uploads, forms.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use jackfield_protocol::event::{EventBody, StreamEvent, Transcript};
use serde_json::{Value, json};

use super::{
    flowise_faults,
    hub::{Hub, HubOptions, http_client},
    report::Report,
};
use crate::{
    TaskResult,
    process::{run, run_with},
};

/// A running Flowise of the lab.
pub(super) struct Lab {
    /// Where it is.
    pub base_url: String,
    /// A key with all permissions.
    pub api_key: String,
    /// Everything else that the preparation wrote down.
    pub state: Value,
    /// Where that is.
    pub state_file: PathBuf,
    version: String,
    port: u16,
}

impl Lab {
    /// Installs Flowise where it is missing, starts it where it is not running, and reads its state.
    pub(super) fn start(version: &str, port: u16) -> TaskResult<Self> {
        let environment = environment(version, port);
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        run_with("bash", &["lab/flowise/install.sh"], &environment)?;
        let cache = std::env::var("LAB_DIR").map(PathBuf::from).or_else(|_| {
            std::env::var("XDG_CACHE_HOME")
                .map(PathBuf::from)
                .or_else(|_| std::env::var("HOME").map(|home| PathBuf::from(home).join(".cache")))
                .map(|cache| cache.join("jackfield-lab"))
        })?;
        let state_file = cache.join(format!("run-flowise-{port}")).join("state.json");
        let listens = std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        if listens && !state_file.exists() {
            return Err(format!("port {port} is taken by something that is not Flowise of the lab").into());
        }
        if !listens {
            run_with("bash", &["lab/flowise/start.sh"], &environment)?;
        }
        let state: Value = serde_json::from_str(&std::fs::read_to_string(&state_file)?)?;
        let text = |key: &str| {
            state[key].as_str().map(str::to_owned).ok_or(format!("{key} is missing in the state"))
        };
        Ok(Self {
            base_url: text("baseUrl")?,
            api_key: text("apiKey")?,
            state_file,
            version: version.to_owned(),
            port,
            state,
        })
    }

    /// Stops Flowise and the LLM the way an operator would.
    pub(super) fn stop(&self) -> TaskResult {
        run_with("bash", &["lab/flowise/stop.sh"], &[("FLOWISE_PORT", &self.port.to_string())])
    }

    /// Ends Flowise alone, with SIGKILL when `at_once`.
    pub(super) fn down(&self, at_once: bool) -> TaskResult {
        if at_once {
            let folder = self.state_file.parent().ok_or("no run folder")?;
            run("bash", &["-c", &format!("kill -9 $(cat '{}/flowise.pid')", folder.display())])?;
        }
        run_with("bash", &["lab/flowise/stop.sh", "flowise"], &[("FLOWISE_PORT", &self.port.to_string())])
    }

    /// Starts it again with the data it had.
    pub(super) fn start_again(&self) -> TaskResult {
        let environment = environment(&self.version, self.port);
        let mut environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        environment.push(("SETUP", "0"));
        run_with("bash", &["lab/flowise/start.sh"], &environment)
    }

    /// Id of a flow by its name in the lab.
    pub(super) fn flow(&self, key: &str) -> TaskResult<&str> {
        self.state["flows"][key]["id"].as_str().ok_or_else(|| format!("the lab has no flow {key}").into())
    }

    /// `GET /api/v1/{path}` of Flowise itself.
    pub(super) async fn get(&self, path: &str) -> TaskResult<Value> {
        let url = format!("{}/api/v1/{path}", self.base_url);
        let answer = http_client()?.get(url).bearer_auth(&self.api_key).send().await?;
        Ok(serde_json::from_str(&answer.text().await?)?)
    }

    /// The stored messages of a run: its id is its chat id.
    pub(super) async fn messages(&self, flow: &str, run: &str) -> TaskResult<Vec<Value>> {
        let messages = self.get(&format!("chatmessage/{flow}?chatId={run}&order=ASC")).await?;
        Ok(messages.as_array().cloned().unwrap_or_default())
    }

    /// The executions of a run: its id is its session.
    pub(super) async fn executions(&self, run: &str) -> TaskResult<Vec<Value>> {
        let found = self.get(&format!("executions?sessionId={run}&page=1&limit=20")).await?;
        Ok(found["data"].as_array().cloned().unwrap_or_default())
    }
}

fn environment(version: &str, port: u16) -> Vec<(&'static str, String)> {
    vec![
        ("FLOWISE_VERSION", version.to_owned()),
        ("FLOWISE_PORT", port.to_string()),
        ("LLM_PORT", (port - 120).to_string()),
        ("TOKENS", "12".to_owned()),
        ("DELAY_MS", "40".to_owned()),
    ]
}

/// Flows that wait for a person; they have a part of their own.
const WAITING: &[&str] = &["human", "approval"];
/// Flows that are made to fail.
const FAILING: &[&str] = &["fail"];
/// Its model is a router that only the recorder of the wire starts: without it the supervisor of this flow never ends.
const NEEDS_MORE: &[&str] = &["multi"];

/// The whole acceptance; `only` picks parts by name.
pub(super) async fn test(version: &str, port: u16, only: Option<&str>, keep: bool) -> TaskResult {
    let lab = Lab::start(version, port)?;
    run("cargo", &["build", "--quiet", "-p", "jackfield"])?;
    let data = tempfile::tempdir()?;
    let options = HubOptions::new(data.path(), false)?;
    let mut hub = Hub::start(&options).await?;
    let mut report = Report::default();
    let wanted = |part: &str| only.is_none_or(|only| part.contains(only));
    println!("Flowise {version} at {}", lab.base_url);
    if wanted("connect") {
        connect(&lab, &hub, &mut report).await?;
    }
    let backend = add(&hub, "lab", &lab.base_url, &lab.api_key).await?;
    if wanted("discover") {
        discover(&lab, &hub, &backend, &mut report).await?;
    }
    if wanted("run") {
        run_all(&lab, &hub, &mut report).await?;
        uploads(&lab, &hub, &options, &mut report).await?;
        conversation(&lab, &hub, &mut report).await?;
    }
    if wanted("pause") {
        flowise_faults::pauses(&lab, &hub, &mut report).await?;
    }
    if wanted("cancel") {
        flowise_faults::cancel(&lab, &hub, &mut report).await?;
    }
    if wanted("fault") {
        flowise_faults::cut(&lab, &hub, &mut report).await?;
        hub = flowise_faults::kill_hub(&lab, hub, &options, &mut report).await?;
    }
    if wanted("restart") {
        flowise_faults::restart_peer(&lab, &hub, &mut report).await?;
    }
    drop(hub);
    if !keep {
        lab.stop()?;
    }
    report.finish()
}

/// Adds a Flowise as a backend and discovers it; returns the backend's id.
pub(super) async fn add(hub: &Hub, name: &str, base_url: &str, key: &str) -> TaskResult<String> {
    let new = json!({"name": name, "platform": "flowise", "base_url": base_url, "secrets": {"api_key": key}});
    let backend = hub.post("backends", new).await?;
    let id = backend["id"].as_str().ok_or("the hub gave no backend id")?.to_owned();
    hub.post(&format!("backends/{id}/discover"), json!({})).await?;
    Ok(id)
}

async fn connect(lab: &Lab, hub: &Hub, report: &mut Report) -> TaskResult {
    println!("connect");
    let (full, client, none) =
        (lab.api_key.as_str(), lab.state["apiKeyClient"].as_str(), lab.state["apiKeyNone"].as_str());
    let flow = format!("{}/api/v1/prediction/{}", lab.base_url, lab.flow("chat")?);
    let cases = [
        ("full key", lab.base_url.clone(), Some(full), "connected"),
        ("client key", lab.base_url.clone(), client, "connected"),
        ("key without permissions", lab.base_url.clone(), none, "degraded"),
        ("wrong key", lab.base_url.clone(), Some("wrong"), "unauthorized"),
        ("no key", lab.base_url.clone(), None, "unauthorized"),
        ("no key, one flow", flow, None, "degraded"),
        ("wrong path", format!("{}/nowhere", lab.base_url), Some(full), "unreachable"),
        ("nothing there", "http://127.0.0.1:9".to_owned(), Some(full), "unreachable"),
    ];
    for (name, url, key, expected) in cases {
        let began = Instant::now();
        let secrets = key.map_or_else(|| json!({}), |key| json!({"api_key": key}));
        let body = json!({"name": "probe", "platform": "flowise", "base_url": url, "secrets": secrets});
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
    for (key, known) in lab.state["flows"].as_object().into_iter().flatten() {
        let workflow = workflows.iter().find(|workflow| workflow["external_id"] == known["id"]);
        report.check(&format!("discovered {key}"), described(key, workflow));
    }
    Ok(())
}

fn described(key: &str, workflow: Option<&Value>) -> Result<String, String> {
    let workflow = workflow.ok_or("not found")?;
    let entry = &workflow["entries"][0];
    let runnable = workflow["runnable"] == true;
    if key.starts_with("webhook") == runnable {
        return Err(format!("runnable {runnable}: {}", workflow["reason"]));
    }
    if !runnable && workflow["reason"].is_null() {
        return Err("not runnable, and no reason given".to_owned());
    }
    if key == "form" && !entry["input_schema"]["properties"]["size"]["enum"].is_array() {
        return Err(format!("the form is {}", entry["input_schema"]));
    }
    if workflow["graph"]["nodes"].as_array().is_none_or(Vec::is_empty) {
        return Err("no graph".to_owned());
    }
    Ok(format!("{} {}, streams {}", workflow["tags"][0], entry["kind"], entry["streams"]))
}

async fn run_all(lab: &Lab, hub: &Hub, report: &mut Report) -> TaskResult {
    println!("run");
    for key in lab.state["flows"].as_object().into_iter().flat_map(|flows| flows.keys()) {
        if WAITING.contains(&key.as_str()) || NEEDS_MORE.contains(&key.as_str()) || key.starts_with("webhook")
        {
            continue;
        }
        let input = match key.as_str() {
            "form" => json!({"data": {"name": "Ada", "count": 2, "gift": true, "size": "large"}}),
            "af2" => json!({"text": "ask the agent [tokens=5]"}),
            _ => json!({"text": "hi [tokens=6] [steps=2]"}),
        };
        let result = run_one(lab, hub, key, input).await;
        report.check(&format!("run {key}"), result.map_err(|error| error.to_string()));
    }
    Ok(())
}

/// Starts a run of a lab flow.
pub(super) async fn start(
    lab: &Lab,
    hub: &Hub,
    backend: &str,
    key: &str,
    input: Value,
) -> TaskResult<String> {
    let body = json!({"backend": backend, "workflow": lab.flow(key)?, "input": input});
    let run = hub.post("runs", body).await?;
    Ok(run["id"].as_str().ok_or("no run id")?.to_owned())
}

async fn run_one(lab: &Lab, hub: &Hub, key: &str, input: Value) -> TaskResult<String> {
    let run = start(lab, hub, "lab", key, input).await?;
    let events = tokio::time::timeout(Duration::from_secs(60), hub.follow(&run, 0, |_| false)).await??;
    judge(lab, hub, key, &run, &events, !FAILING.contains(&key)).await
}

/// Outcome, text and steps of a run beside what Flowise stored, and exactly one run there.
pub(super) async fn judge(
    lab: &Lab,
    hub: &Hub,
    key: &str,
    run: &str,
    events: &[StreamEvent],
    succeeds: bool,
) -> TaskResult<String> {
    let Some(EventBody::Done(done)) = events.last().map(|event| &event.body) else {
        return Err("no done".into());
    };
    let outcome = serde_json::to_value(done.outcome)?;
    if (outcome == "succeeded") != succeeds {
        return Err(format!("outcome {outcome}: {:?}", done.reason).into());
    }
    if let Some((event, expected)) = events.iter().zip(1..).find(|(event, expected)| event.seq != *expected) {
        return Err(format!("seq {} where {expected} was due", event.seq).into());
    }
    let raw = events.iter().filter(|event| matches!(event.body, EventBody::Raw(_))).count();
    if raw > 0 {
        return Err(format!("{raw} frames were not understood").into());
    }
    let told = serde_json::to_string(events)?;
    for secret in ["FLOWISE_CREDENTIAL_ID", "ModelConfig", "You draft.", "You work with tools"] {
        if told.contains(secret) {
            return Err(format!("an event holds {secret}").into());
        }
    }
    let flow = lab.flow(key)?;
    let messages = lab.messages(flow, run).await?;
    let started = messages.iter().filter(|message| message["role"] == "userMessage").count();
    let stored = messages.iter().rev().find(|message| message["role"] == "apiMessage");
    if succeeds {
        let stored =
            stored.and_then(|message| message["content"].as_str()).ok_or("Flowise has stored no answer")?;
        let answer = Transcript::of(events).answer();
        if !answer.trim_end().ends_with(stored.trim()) {
            return Err(format!("the text is {answer:?}, but Flowise has {stored:?}").into());
        }
        // An answer to a question is a message of its own.
        let expected = if WAITING.contains(&key) { 2 } else { 1 };
        if started != expected {
            return Err(format!("Flowise has {started} messages of a user for it").into());
        }
    }
    let executions = lab.executions(run).await?;
    let is_agentflow = lab.state["flows"][key]["type"] == "AGENTFLOW";
    if !is_agentflow {
        // A sub-flow runs under the same chat, but in a flow of its own.
        return Ok(format!("{outcome}, {started} message of a user"));
    }
    let [execution] = executions.as_slice() else {
        return Err(format!("Flowise has {} executions for it", executions.len()).into());
    };
    let trace = hub.get(&format!("runs/{run}/trace")).await?;
    let steps = trace_equals_execution(&trace, execution)?;
    Ok(format!("{outcome}, {steps} steps as recorded, one execution"))
}

/// Compares nodes, order and status, and the times of those that have any.
fn trace_equals_execution(trace: &Value, execution: &Value) -> Result<usize, String> {
    let steps = trace["steps"].as_array().ok_or("the trace has no steps")?;
    let records: Vec<Value> = serde_json::from_str(execution["executionData"].as_str().unwrap_or_default())
        .map_err(|error| error.to_string())?;
    let mut problems = Vec::new();
    for (order, record) in records.iter().enumerate() {
        let label = record["nodeLabel"].as_str().unwrap_or_default();
        let found = steps.iter().find(|step| {
            step["order"].as_u64() == Some(order as u64)
                && step["source"]["node"].as_str().is_some_and(|node| node.starts_with(label))
        });
        let Some(step) = found else {
            problems.push(format!("{label} (order {order}) is missing"));
            continue;
        };
        let status = match record["status"].as_str().unwrap_or_default() {
            "FINISHED" => "succeeded",
            "ERROR" => "failed",
            "TERMINATED" => "cancelled",
            other => other,
        };
        if step["status"] != status {
            problems.push(format!("{label}: {}, but Flowise says {status}", step["status"]));
        }
        let took = record.pointer("/data/output/timeMetadata/delta").and_then(Value::as_u64);
        if took.is_some() && step["duration_ms"].as_u64() != took {
            problems.push(format!("{label}: {} ms, but Flowise says {took:?}", step["duration_ms"]));
        }
        let tools = record.pointer("/data/output/usedTools").and_then(Value::as_array).map_or(0, Vec::len);
        let told = steps
            .iter()
            .filter(|call| {
                call["is_tool_call"] == true && call["parent_id"] == step["id"] && call["status"] != "skipped"
            })
            .count();
        if told != tools {
            problems.push(format!("{label}: {told} tool calls, but Flowise has {tools}"));
        }
    }
    let told = steps.iter().filter(|step| step["is_tool_call"] != true).count();
    if told != records.len() {
        problems.push(format!("{told} steps for {} records", records.len()));
    }
    if problems.is_empty() { Ok(records.len()) } else { Err(problems.join("; ")) }
}

/// Files through the CLI: an image and a text.
async fn uploads(lab: &Lab, hub: &Hub, options: &HubOptions, report: &mut Report) -> TaskResult {
    println!("uploads");
    let note = options.data_dir.join("note.txt");
    std::fs::write(&note, "the note says hello\n")?;
    let dot = options.data_dir.join("dot.png");
    std::fs::write(&dot, PIXEL)?;
    let workflow = lab.state["flows"]["chat"]["name"].as_str().ok_or("no name")?.to_owned();
    for (name, file) in [("text", note), ("image", dot)] {
        let upload = format!("file=@{}", file.display());
        let upload = upload.replacen("file=", "upload=", 1);
        let workflow = format!("lab/{workflow}");
        let arguments = ["run", "--json", &workflow, "--file", &upload, "look [tokens=3]"];
        let output = tokio::process::Command::from(hub.cli(options, &arguments)).output().await?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let done = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find(|event| event["type"] == "done");
        let result = async {
            let done = done.ok_or_else(|| {
                String::from_utf8_lossy(&output.stderr).chars().take(400).collect::<String>()
            })?;
            let run = done["run_id"].as_str().unwrap_or_default();
            let messages = lab.messages(lab.flow("chat").map_err(|error| error.to_string())?, run).await;
            let messages = messages.map_err(|error| error.to_string())?;
            let kept = messages.first().map(|message| message["fileUploads"].to_string()).unwrap_or_default();
            if done["data"]["outcome"] != "succeeded" {
                return Err(format!("{done}"));
            }
            if kept.contains(".png") || kept.contains("note.txt") {
                Ok("succeeded, and Flowise has the file".to_owned())
            } else {
                Err(format!("Flowise stored {kept}"))
            }
        };
        let result: Result<String, String> = result.await;
        report.check(&format!("upload {name}"), result);
    }
    Ok(())
}

/// Two runs of one conversation share the flow's memory, and nothing else.
async fn conversation(lab: &Lab, hub: &Hub, report: &mut Report) -> TaskResult {
    println!("conversation");
    let conversation = hub.post("conversations", json!({})).await?["id"].clone();
    let mut sessions = Vec::new();
    let mut runs = Vec::new();
    for text in ["my name is Ada [tokens=2]", "who am I [tokens=2]"] {
        let body = json!({"backend": "lab", "workflow": lab.flow("chat")?, "conversation_id": conversation, "input": {"text": text}});
        let run = hub.post("runs", body).await?["id"].as_str().ok_or("no run id")?.to_owned();
        hub.follow(&run, 0, |_| false).await?;
        let messages = lab.messages(lab.flow("chat")?, &run).await?;
        sessions.extend(messages.iter().map(|message| message["sessionId"].clone()));
        runs.push(run);
    }
    let same = sessions.len() == 4 && sessions.iter().all(|session| *session == conversation);
    let result = if same && runs[0] != runs[1] {
        Ok("one session, two chats".to_owned())
    } else {
        Err(format!("sessions {sessions:?} for {conversation}"))
    };
    report.check("conversation", result);
    Ok(())
}

/// A picture of one point.
const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0,
    0, 1, 8, 4, 0, 0, 0, 0xb5, 0x1c, 0x0c, 2, 0, 0, 0, 0x0b, b'I', b'D', b'A', b'T', 0x78, 0xda, 0x63, 0x64,
    0x60, 0xf8, 0x5f, 0x0f, 0, 2, 0x87, 1, 0x80, 0xeb, 0x47, 0xba, 0x92, 0, 0, 0, 0, b'I', b'E', b'N', b'D',
    0xae, 0x42, 0x60, 0x82,
];
