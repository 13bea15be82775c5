//! Acceptance against real MCP servers: every tool of every server over every transport through `jackfield tool call`, every revision,
//! questions, cancel, crashes, and nothing left behind.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    Hub, HubOptions,
    mcp_calls::{self, Case},
    report::Report,
};
use crate::{
    TaskResult,
    process::{root, run, run_with},
};

/// The specification's limits.
const CONNECT: Duration = Duration::from_secs(2);
const DISCOVER: Duration = Duration::from_secs(3);

/// Where the servers are installed.
fn lab_dir() -> PathBuf {
    std::env::var_os("LAB_DIR").map_or_else(
        || {
            let home = std::env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from);
            home.join(".cache").join("jackfield-lab")
        },
        PathBuf::from,
    )
}

fn script(name: &str) -> String {
    root().join("lab").join("mcp").join(name).display().to_string()
}

/// Installs the servers, once.
fn install() -> TaskResult {
    let lab = lab_dir().display().to_string();
    run_with("bash", &[&script("install.sh")], &[("LAB_DIR", &lab)])
}

/// A server at an address, ended when dropped.
struct AtAddress(Child);

impl Drop for AtAddress {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(name: &str, port: u16) -> TaskResult<AtAddress> {
    let child = Command::new("bash")
        .args([&script("server.sh"), name, &port.to_string()])
        .env("LAB_DIR", lab_dir())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(AtAddress(child))
}

async fn listens(port: u16) -> TaskResult {
    let until = Instant::now() + Duration::from_secs(30);
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if Instant::now() > until {
            return Err(format!("nothing listens at port {port} after 30 s").into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Runs it.
pub(super) async fn test(port: u16, only: Option<&str>) -> TaskResult {
    install()?;
    run(
        "cargo",
        &[
            "build",
            "--locked",
            "--bin",
            "jackfield",
            "--bin",
            "odd-mcp",
            "-p",
            "jackfield",
            "-p",
            "jackfield-testkit",
        ],
    )?;
    let data = tempfile::tempdir()?;
    let options = HubOptions::new(data.path(), false)?;
    let mut hub = Hub::start(&options).await?;
    let mut report = Report::default();
    let wanted = |part: &str| only.is_none_or(|only| part.contains(only));
    let work = tempfile::tempdir()?;
    if wanted("calls") {
        local(&hub, &options, &mut report, work.path()).await?;
        at_addresses(&hub, &options, &mut report, port).await?;
    }
    if wanted("revisions") {
        revisions(&hub, &mut report).await?;
    }
    if wanted("questions") {
        questions(&hub, &mut report).await?;
    }
    if wanted("restart") {
        restart(&hub, &mut report, port + 10).await?;
    }
    if wanted("leftovers") {
        leftovers(&hub, &mut report, &options).await?;
    }
    if wanted("kill") {
        let odd = options.binary.with_file_name("odd-mcp").display().to_string();
        add(&hub, &mut report, "to be killed", "stdio:", local_options("everything")).await?;
        for mode in ["orphan", "orphan-group", "stubborn"] {
            let odd = json!({"command": odd, "args": [mode]});
            add(&hub, &mut report, mode, "stdio:", odd).await?;
        }
        let before = below(hub.pid());
        hub.kill()?;
        let gone = ended(&before, Duration::from_secs(5)).await;
        report.check("kill -9 of the hub leaves no server behind", gone);
    }
    report.finish()
}

/// How a server is started as a local one.
fn local_options(name: &str) -> Value {
    json!({
        "command": "bash",
        "args": [script("server.sh"), name],
        "env": {"LAB_DIR": lab_dir().display().to_string()},
        "cwd": root().display().to_string(),
        "roots": [lab_dir().join("mcp").join("sample-files").display().to_string()],
    })
}

/// Connects, times it, and discovers; gives the backend's id.
async fn add(
    hub: &Hub,
    report: &mut Report,
    name: &str,
    base_url: &str,
    options: Value,
) -> TaskResult<String> {
    let new = json!({"name": name, "platform": "mcp", "base_url": base_url, "options": options});
    let began = Instant::now();
    let id = hub.post("backends", new).await?["id"].as_str().ok_or("no id")?.to_owned();
    let tested = hub.post(&format!("backends/{id}/test"), json!({})).await?;
    report.check(&format!("{name}: connects"), connected(&tested));
    report.time(&format!("{name}: connect"), began.elapsed(), CONNECT);
    let began = Instant::now();
    hub.post(&format!("backends/{id}/discover"), json!({})).await?;
    report.time(&format!("{name}: discover"), began.elapsed(), DISCOVER);
    Ok(id)
}

fn connected(report: &Value) -> Result<String, String> {
    if report["state"] == "connected" {
        return Ok(format!("{} ms", report["latency_ms"]));
    }
    Err(report["checks"].to_string())
}

async fn local(hub: &Hub, options: &HubOptions, report: &mut Report, work: &Path) -> TaskResult {
    for name in mcp_calls::SERVERS {
        let id = add(hub, report, name, "stdio:", local_options(name)).await?;
        let lab = lab_dir().join("mcp");
        every_tool(hub, options, report, name, &id, &mcp_calls::of(name, &lab, work)).await?;
    }
    Ok(())
}

async fn at_addresses(hub: &Hub, options: &HubOptions, report: &mut Report, port: u16) -> TaskResult {
    let lab = lab_dir().join("mcp");
    for (at, (server, path, like)) in [
        ("everything-http", "mcp", "everything"),
        ("everything-sse", "sse", "everything"),
        ("time-http", "mcp", "time"),
        ("lab-http", "mcp", "lab"),
        ("lab-sse", "sse", "lab"),
        ("listen-http", "mcp", "listen"),
    ]
    .into_iter()
    .enumerate()
    {
        let port = port + u16::try_from(at)?;
        let _server = serve(server, port)?;
        listens(port).await?;
        let id = add(hub, report, server, &format!("http://127.0.0.1:{port}/{path}"), json!({})).await?;
        let cases: Vec<Case> =
            mcp_calls::of(like, &lab, &lab).into_iter().filter(Case::is_everywhere).collect();
        every_tool(hub, options, report, server, &id, &cases).await?;
        hub.delete(&format!("backends/{id}")).await?;
    }
    Ok(())
}

/// Calls every tool as a person would, and compares what it says.
async fn every_tool(
    hub: &Hub,
    options: &HubOptions,
    report: &mut Report,
    server: &str,
    backend: &str,
    cases: &[Case],
) -> TaskResult {
    let tools = hub.get(&format!("tools?backend={backend}")).await?;
    let names: Vec<&str> =
        tools["items"].as_array().into_iter().flatten().filter_map(|tool| tool["name"].as_str()).collect();
    for name in &names {
        let known = *name == "die"
            || cases.iter().any(|case| case.tool == *name)
            || mcp_calls::ELSEWHERE.contains(name);
        if !known {
            report.check(&format!("{server}/{name}"), Err("no case calls this tool".to_owned()));
        }
    }
    for case in cases.iter().filter(|case| names.contains(&case.tool)) {
        let arguments = case.arguments.to_string();
        let called = format!("{server}/{}", case.tool);
        let output = hub.cli(options, &["tool", "call", &called, "--args", &arguments, "--json"]).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let result = if !text.contains("\"type\":\"done\"") {
            Err(format!("no end: {text} {}", String::from_utf8_lossy(&output.stderr)))
        } else if text.contains(&case.says) && text.contains(case.outcome) {
            Ok(String::new())
        } else {
            let short: String = text.chars().rev().take(600).collect::<Vec<_>>().into_iter().rev().collect();
            Err(format!("expected {} and '{}', got …{short}", case.outcome, case.says))
        };
        report.check(&called, result);
    }
    Ok(())
}

async fn revisions(hub: &Hub, report: &mut Report) -> TaskResult {
    for revision in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"] {
        let mut options = local_options("time");
        options["protocol"] = json!(revision);
        let name = format!("time {revision}");
        let id = add(hub, report, &name, "stdio:", options).await?;
        let backend = hub.get(&format!("backends/{id}")).await?;
        let spoken = backend["peer"]["capabilities"]["protocol"].as_str().unwrap_or_default().to_owned();
        let result = if spoken == revision { Ok(spoken) } else { Err(format!("speaks {spoken}")) };
        report.check(&format!("{name}: speaks it"), result);
        hub.delete(&format!("backends/{id}")).await?;
    }
    Ok(())
}

/// Starts a call and gives its run.
async fn begin(hub: &Hub, backend: &str, tool: &str, arguments: Value) -> TaskResult<String> {
    let tools = hub.get(&format!("tools?backend={backend}")).await?;
    let found = tools["items"].as_array().into_iter().flatten().find(|known| known["name"] == tool);
    let id = found.and_then(|tool| tool["id"].as_str()).ok_or_else(|| format!("no tool {tool}"))?;
    let run = hub.post(&format!("tools/{id}/call"), json!({"arguments": arguments})).await?;
    Ok(run["id"].as_str().ok_or("no run")?.to_owned())
}

async fn questions(hub: &Hub, report: &mut Report) -> TaskResult {
    for (server, tool, arguments, data, says) in [
        ("lab", "ask_name", json!({}), json!({"name": "Ada", "colour": "red"}), "Ada"),
        ("listen", "greet", json!({}), json!({"name": "Grace"}), "Grace"),
        ("everything", "trigger-elicitation-request", json!({}), json!({"name": "Alan"}), "Alan"),
        (
            "everything",
            "trigger-url-elicitation",
            json!({"url": "http://127.0.0.1:9/page"}),
            json!({}),
            "accept",
        ),
    ] {
        let name = format!("asks {server}");
        let id = add(hub, report, &name, "stdio:", local_options(server)).await?;
        let run = begin(hub, &id, tool, arguments).await?;
        let mut asked = None;
        hub.follow(&run, 0, |event| {
            let value = serde_json::to_value(event).unwrap_or_default();
            if value["type"] == "input_required" {
                asked = value["data"]["request_id"].as_str().map(str::to_owned);
            }
            asked.is_some() || value["type"] == "done"
        })
        .await?;
        let Some(asked) = asked else {
            report.check(&format!("{server}/{tool} asks"), Err("it did not ask".to_owned()));
            continue;
        };
        let answer = json!({"request_id": asked, "answer": {"choice": "accept", "data": data}});
        hub.post(&format!("runs/{run}/input"), answer).await?;
        let events = hub.follow(&run, 0, |_| false).await?;
        let text = serde_json::to_string(&events)?;
        let result =
            if text.contains(says) && text.contains("\"succeeded\"") { Ok(String::new()) } else { Err(text) };
        report.check(&format!("{server}/{tool} asks and takes the answer"), result);
        hub.delete(&format!("backends/{id}")).await?;
    }
    Ok(())
}

/// A server is killed and started again, in the middle of a call and between calls.
async fn restart(hub: &Hub, report: &mut Report, port: u16) -> TaskResult {
    for server in ["everything-http", "lab-http"] {
        let running = serve(server, port)?;
        listens(port).await?;
        let name = format!("restart {server}");
        let id = add(hub, report, &name, &format!("http://127.0.0.1:{port}/mcp"), json!({})).await?;
        drop(running);
        let _again = serve(server, port)?;
        listens(port).await?;
        let began = Instant::now();
        let tool = if server.starts_with("lab") { "add" } else { "get-sum" };
        let run = begin(hub, &id, tool, json!({"a": 2, "b": 3})).await?;
        let events = hub.follow(&run, 0, |_| false).await?;
        let text = serde_json::to_string(&events)?;
        let result = if text.contains("\"succeeded\"") {
            Ok(format!("{} ms after the server was back", began.elapsed().as_millis()))
        } else {
            Err(text)
        };
        report.check(&format!("{server}: a forgotten session is made anew, the call runs"), result);
        hub.delete(&format!("backends/{id}")).await?;
    }
    Ok(())
}

/// Starts and kills many local servers; prints what is left.
async fn leftovers(hub: &Hub, report: &mut Report, options: &HubOptions) -> TaskResult {
    let odd = options.binary.with_file_name("odd-mcp").display().to_string();
    let new = json!({"name": "leftover", "platform": "mcp", "base_url": "stdio:", "options": {"command": odd, "args": ["plain"]}});
    for _ in 0..20 {
        hub.post("backends/test", new.clone()).await?;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let before = figures(hub.pid());
    for _ in 0..1000 {
        let tested = hub.post("backends/test", new.clone()).await?;
        if tested["state"] != "connected" {
            report.check("1000 starts", Err(tested.to_string()));
            return Ok(());
        }
    }
    let until = Instant::now() + Duration::from_secs(10);
    let mut after = figures(hub.pid());
    while after.processes > before.processes && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(100)).await;
        after = figures(hub.pid());
    }
    println!("  before {before:?}\n  after  {after:?}");
    let same = after.processes <= before.processes
        && after.descriptors <= before.descriptors + 5
        && after.threads <= before.threads + 2
        && after.kib < before.kib + 30 * 1024;
    let told = format!("{before:?} → {after:?}");
    report
        .check("after 1000 starts and kills nothing is left behind", if same { Ok(told) } else { Err(told) });
    Ok(())
}

/// What a hub holds.
#[derive(Debug)]
struct Figures {
    processes: usize,
    threads: usize,
    descriptors: usize,
    kib: usize,
}

fn figures(pid: u32) -> Figures {
    let count = |folder: &str| std::fs::read_dir(format!("/proc/{pid}/{folder}")).map_or(0, Iterator::count);
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kib =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    Figures {
        processes: below(pid).len(),
        threads: count("task"),
        descriptors: count("fd"),
        kib: kib.unwrap_or_default(),
    }
}

/// All processes below one.
fn below(pid: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let mut next = vec![pid];
    while let Some(pid) = next.pop() {
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        for task in tasks {
            let children = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            let children: Vec<u32> =
                children.split_ascii_whitespace().filter_map(|id| id.parse().ok()).collect();
            found.extend(&children);
            next.extend(children);
        }
    }
    found
}

async fn ended(pids: &[u32], patience: Duration) -> Result<String, String> {
    let until = Instant::now() + patience;
    loop {
        let alive: Vec<&u32> = pids.iter().filter(|pid| is_alive(**pid)).collect();
        if alive.is_empty() {
            return Ok(format!("{} processes gone", pids.len()));
        }
        if Instant::now() > until {
            return Err(format!("still there: {alive:?}"));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Zombies do not count: somebody else has to take note of them.
fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}
