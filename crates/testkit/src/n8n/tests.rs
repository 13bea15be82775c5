//! The simulated n8n has to say what the real one said.

use std::{io, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::{Case, Options, SimulatedN8n};
use crate::replay::{Gate, Pacing};

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// One request with `Connection: close`; status and unchunked body.
async fn ask(
    n8n: &SimulatedN8n,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, String) {
    timeout(Duration::from_secs(20), try_ask(n8n, method, path, headers, body)).await.unwrap().unwrap()
}

async fn try_ask(
    n8n: &SimulatedN8n,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<(u16, String)> {
    let mut stream = send(n8n, method, path, headers, body).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, mut rest) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.get(9..12).and_then(|status| status.parse().ok()).unwrap_or_default();
    assert!(head.contains("X-Jackfield-Simulated: true"), "not labelled: {head}");
    if !head.contains("Transfer-Encoding: chunked") {
        return Ok((status, rest.to_owned()));
    }
    let mut whole = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        whole.push_str(&after[..size]);
        rest = &after[size + 2..];
    }
    Ok((status, whole))
}

async fn send(
    n8n: &SimulatedN8n,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<TcpStream> {
    let mut text = format!(
        "{method} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut stream = TcpStream::connect(n8n.address()).await?;
    stream.write_all((text + "\r\n" + body).as_bytes()).await?;
    Ok(stream)
}

async fn api(n8n: &SimulatedN8n, path: &str) -> Value {
    let key = n8n.api_key();
    let (_, body) = ask(n8n, "GET", &format!("/api/v1{path}"), &[("X-N8N-API-KEY", &key)], "").await;
    serde_json::from_str(&body).unwrap()
}

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// Starts a case as it was recorded, with the credentials that the simulation wants.
async fn start(n8n: &SimulatedN8n, case: &Case) -> TcpStream {
    let request = &case.start().unwrap().request;
    let headers: Vec<(String, String)> = request
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .filter(|(name, _)| !["host", "connection", "content-length"].contains(&name.to_lowercase().as_str()))
        .map(|(name, value)| {
            let value = value.replace("<TRACEPARENT>", TRACE).replace("<HEADER_VALUE>", "lab-header-value");
            (name, value.replace("<BASIC>", "bGFiOmxhYi1wYXNz"))
        })
        .collect();
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    send(n8n, &request.method, &request.path, &headers, request.body.as_deref().unwrap_or_default())
        .await
        .unwrap()
}

async fn until(n8n: &SimulatedN8n, wanted: &[&str]) -> String {
    for _ in 0..2000 {
        let (_, status) = n8n.executions().last().cloned().unwrap_or_default();
        if wanted.contains(&status.as_str()) {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never {wanted:?}: {:?}", n8n.executions());
}

#[tokio::test]
async fn every_case_answers_and_ends_as_it_was_recorded() {
    for version in ["v2.41.1", "v1.123.81"] {
        let n8n = SimulatedN8n::start(Options::recorded(version).unwrap()).await.unwrap();
        for case in n8n.cases().to_vec() {
            let recorded = case.start().unwrap();
            let mut stream = start(&n8n, &case).await;
            let mut head = [0; 12];
            timeout(Duration::from_secs(5), stream.read_exact(&mut head)).await.unwrap().unwrap();
            assert_eq!(head[9..], *recorded.status().to_string().as_bytes(), "{version} {}", case.name);
            if recorded.end == "complete" {
                let mut rest = Vec::new();
                timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await.unwrap().unwrap();
            }
            let first = case.segments.first().unwrap().snapshots.last();
            let expected = first.and_then(|first| first.execution["status"].as_str()).unwrap_or("running");
            assert_eq!(until(&n8n, &[expected]).await, expected, "{version} {}", case.name);
            let (id, _) = n8n.executions().last().cloned().unwrap();
            let record = n8n.record(&id).unwrap();
            assert!(!record.to_string().contains("<EXECUTION_ID>"), "{version} {}", case.name);
            assert_eq!(record["id"], *id);
        }
        n8n.shutdown().await;
    }
}

#[tokio::test]
async fn a_run_goes_on_without_its_caller_and_is_found_by_its_trace_context() {
    let n8n = SimulatedN8n::start(Options::recorded("v2.41.1").unwrap()).await.unwrap();
    let gate = Gate::new();
    n8n.pace("agent-progress", Pacing::Gated(gate.clone()));
    let caller =
        send(&n8n, "POST", "/webhook/ai-progress", &[JSON, ("traceparent", TRACE)], r#"{"message":"mine"}"#)
            .await
            .unwrap();
    gate.let_go(3);
    gate.reached(3).await;
    drop(caller);
    assert_eq!(api(&n8n, "/executions").await["data"], serde_json::json!([]));
    let running = api(&n8n, "/executions?status=running").await;
    let id = running["data"][0]["id"].as_str().unwrap().to_owned();
    let record = api(&n8n, &format!("/executions/{id}?includeData=true")).await;
    assert_eq!(record["tracingContext"]["traceparent"], TRACE);
    assert_eq!(record["stoppedAt"], Value::Null);
    assert!(record["workflowData"]["nodes"].is_array());
    let before = record["data"]["resultData"]["runData"].as_object().unwrap().len();
    gate.open();
    until(&n8n, &["success"]).await;
    let record = api(&n8n, &format!("/executions/{id}?includeData=true")).await;
    let runs = record["data"]["resultData"]["runData"].as_object().unwrap();
    assert!(runs.len() > before);
    assert_eq!(runs["Webhook"][0]["data"]["main"][0][0]["json"]["body"]["message"], "mine");
    assert_eq!(n8n.started_by(TRACE), 1);
    assert!(n8n.violations().is_empty());
}

#[tokio::test]
async fn a_stopped_stream_says_so_and_falls_silent() {
    let n8n = SimulatedN8n::start(Options::recorded("v2.41.1").unwrap()).await.unwrap();
    let gate = Gate::new();
    n8n.pace("agent", Pacing::Gated(gate.clone()));
    let mut caller = send(&n8n, "POST", "/webhook/ai-basic", &[JSON], "{}").await.unwrap();
    gate.let_go(3);
    gate.reached(3).await;
    let key = n8n.api_key();
    let stop = ask(&n8n, "POST", "/api/v1/executions/1/stop", &[("X-N8N-API-KEY", &key)], "").await;
    assert_eq!(stop.0, 200);
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.contains("AbortError") {
        let count = timeout(Duration::from_secs(5), caller.read(&mut buffer)).await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
    assert!(timeout(Duration::from_millis(50), caller.read(&mut buffer)).await.is_err());
    let again = ask(&n8n, "POST", "/api/v1/executions/1/stop", &[("X-N8N-API-KEY", &key)], "").await;
    assert_eq!(
        again,
        (
            409,
            r#"{"message":"Only running or waiting executions can be stopped and 1 is currently canceled"}"#
                .to_owned()
        )
    );
}

#[tokio::test]
async fn what_ran_when_it_was_killed_has_crashed_and_the_rest_is_there() {
    let n8n = SimulatedN8n::start(Options::recorded("v2.41.1").unwrap()).await.unwrap();
    ask(&n8n, "POST", "/webhook/lab-last", &[JSON], "{}").await;
    until(&n8n, &["success"]).await;
    n8n.pace("agent", Pacing::Gated(Gate::new()));
    let mut caller = send(&n8n, "POST", "/webhook/ai-basic", &[JSON], "{}").await.unwrap();
    n8n.until(|requests| requests.len() == 2).await;
    while n8n.executions().len() < 2 {
        tokio::task::yield_now().await;
    }
    n8n.kill();
    let mut bytes = Vec::new();
    let broken = timeout(Duration::from_secs(5), caller.read_to_end(&mut bytes)).await.unwrap();
    assert_eq!(broken.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    for _ in 0..1000 {
        if TcpStream::connect(n8n.address()).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    n8n.start_again();
    let mut list = Err(io::ErrorKind::ConnectionRefused.into());
    let key = n8n.api_key();
    for _ in 0..1000 {
        list = try_ask(&n8n, "GET", "/api/v1/executions", &[("X-N8N-API-KEY", &key)], "").await;
        if list.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let list: Value = serde_json::from_str(&list.unwrap().1).unwrap();
    let statuses: Vec<_> = list["data"].as_array().unwrap().iter().map(|row| row["status"].clone()).collect();
    assert_eq!(statuses, ["crashed", "success"]);
}

#[tokio::test]
async fn an_approval_wants_its_signature_and_a_browser() {
    let n8n = SimulatedN8n::start(Options::recorded("v2.41.1").unwrap()).await.unwrap();
    n8n.choose("tool-review");
    let case = n8n.cases().iter().find(|case| case.name == "tool-review").cloned().unwrap();
    drop(start(&n8n, &case).await);
    until(&n8n, &["waiting"]).await;
    let record = n8n.record("1").unwrap().to_string();
    let link = record.split("webhook-waiting/").find(|part| part.contains("approved=true")).unwrap();
    let link = format!("/webhook-waiting/{}", link.split(['"', '\\']).next().unwrap());
    let browser = ("User-Agent", "Mozilla/5.0");
    assert_eq!(ask(&n8n, "GET", "/webhook-waiting/1/x?signature=no", &[browser], "").await.0, 401);
    assert_eq!(ask(&n8n, "GET", &link, &[("User-Agent", "curl/8")], "").await, (200, String::new()));
    assert_eq!(n8n.executions()[0].1, "waiting");
    assert_eq!(ask(&n8n, "GET", &link, &[browser], "").await.0, 200);
    until(&n8n, &["success"]).await;
    assert_eq!(ask(&n8n, "GET", &link, &[browser], "").await.0, 409);
}

#[tokio::test]
async fn keys_scopes_pages_and_versions() {
    let n8n = SimulatedN8n::start(Options::recorded("v2.41.1").unwrap()).await.unwrap();
    for (name, headers) in [("f03-no-key", vec![]), ("f04-wrong-key", vec![("X-N8N-API-KEY", "nope")])] {
        let recorded = crate::recording::exchange(&format!("wire/n8n/v2.41.1/{name}.json")).unwrap();
        let (status, body) = ask(&n8n, "GET", "/api/v1/workflows", &headers, "").await;
        assert_eq!((status, body.as_bytes()), (recorded.status(), recorded.body().as_slice()), "{name}");
    }
    let poor = n8n.key_with(&["workflow:list"]);
    let poor = [("X-N8N-API-KEY", poor.as_str())];
    assert_eq!(
        ask(&n8n, "GET", "/api/v1/executions", &poor, "").await,
        (403, r#"{"message":"Forbidden"}"#.to_owned())
    );
    let (mut cursor, mut count) = (String::new(), 0);
    loop {
        let page = api(&n8n, &format!("/workflows?limit=7&active=true{cursor}")).await;
        count += page["data"].as_array().unwrap().len();
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={}", next.replace('=', "%3D"));
    }
    assert_eq!(count, api(&n8n, "/workflows?limit=250&active=true").await["data"].as_array().unwrap().len());
    for (name, path) in [
        ("f12-execution-unknown", "/executions/999999"),
        ("f13-execution-bad-id", "/executions/abc"),
        ("f16-bad-cursor", "/workflows?cursor=zzz"),
        ("f19-unknown-route", "/nope"),
    ] {
        let recorded = crate::recording::exchange(&format!("wire/n8n/v2.41.1/{name}.json")).unwrap();
        assert_eq!(api(&n8n, path).await, recorded.json().unwrap(), "{name}");
    }
    let old = SimulatedN8n::start(Options::recorded("v1.123.81").unwrap()).await.unwrap();
    assert_eq!(api(&old, "/discover").await["message"], "not found");
    assert_eq!(api(&old, "/executions?limit=1000").await["message"], "request/query/limit must be <= 250");
}

#[tokio::test]
async fn the_demo_can_be_run() {
    let n8n = SimulatedN8n::start(Options::demo().unwrap().pace(Pacing::None)).await.unwrap();
    assert!(n8n.cases().len() >= 8);
    let list = api(&n8n, "/workflows?limit=250").await;
    assert_eq!(list["data"].as_array().unwrap().len(), n8n.cases().len());
    for case in n8n.cases().to_vec() {
        let request = &case.start().unwrap().request;
        let (status, body) =
            ask(&n8n, &request.method, &request.path, &[JSON], r#"{"message":"own words"}"#).await;
        assert_eq!(status, 200, "{}: {body}", case.name);
        until(&n8n, &["success", "waiting"]).await;
    }
}
