//! The simulation answers as the recordings say that the real one does.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{Corpus, SimulatedFlowise};
use crate::replay::{Gate, Pacing};

async fn flowise() -> SimulatedFlowise {
    SimulatedFlowise::start(Corpus::recorded("v3.1.4").unwrap(), Pacing::None).await.unwrap()
}

/// Status and body of one call.
async fn call(
    flowise: &SimulatedFlowise,
    method: &str,
    path: &str,
    key: Option<&str>,
    body: Option<Value>,
) -> (u16, String) {
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let key = key.map_or_else(String::new, |key| format!("Authorization: Bearer {key}\r\n"));
    let request = format!(
        "{method} /api/v1/{path} HTTP/1.1\r\nHost: h\r\n{key}Connection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(flowise.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

const CHAT: &str = "e70ca005-88f1-47fb-a216-fef271c82af2";
const LLM_LAST: &str = "750db741-b87d-4d02-9fa2-45314f6d6099";

#[tokio::test]
async fn callers_get_what_their_key_allows() {
    let flowise = flowise().await;
    let (full, weak) = (flowise.api_key(), flowise.weak_key());
    assert_eq!(call(&flowise, "GET", "ping", None, None).await, (200, "pong".to_owned()));
    assert_eq!(call(&flowise, "GET", "chatflows", None, None).await.0, 401);
    assert_eq!(call(&flowise, "GET", "chatflows", Some(&weak), None).await.0, 403);
    let (status, body) = call(&flowise, "GET", "chatflows?page=2&limit=20", Some(&full), None).await;
    let page: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, page["data"].as_array().unwrap().len(), &page["total"]), (200, 2, &json!(22)));
    assert_eq!(
        call(&flowise, "GET", &format!("chatmessage/{CHAT}?chatId=x"), Some(&weak), None).await,
        (200, "[]".to_owned())
    );
    let (status, body) = call(&flowise, "GET", "bogus", Some(&full), None).await;
    assert!(status == 200 && body.starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn a_run_goes_on_without_its_caller_and_is_stored_at_its_end() {
    let flowise = flowise().await;
    let gate = Gate::new();
    flowise.pace("a01-chat-stream.1", Pacing::Gated(gate.clone()));
    let body = json!({"question": "hello [tokens=8]", "streaming": true, "chatId": "own"});
    gate.let_go(3);
    let path = format!("prediction/{CHAT}");
    let listener = call(&flowise, "POST", &path, None, Some(body));
    assert!(tokio::time::timeout(Duration::from_millis(100), listener).await.is_err(), "the gate holds it");
    let path = format!("chatmessage/{CHAT}?chatId=own");
    let key = flowise.api_key();
    assert_eq!(call(&flowise, "GET", &path, Some(&key), None).await.1, "[]");
    gate.open();
    gate.reached(11).await;
    let mut stored = Value::Null;
    for _ in 0..200 {
        stored = serde_json::from_str(&call(&flowise, "GET", &path, Some(&key), None).await.1).unwrap();
        if stored != json!([]) {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(stored[1]["content"], "tok1 tok2 tok3 tok4 tok5 tok6 tok7 tok8");
    assert_eq!((&stored[1]["role"], &stored[1]["chatId"]), (&json!("apiMessage"), &json!("own")));
}

#[tokio::test]
async fn an_unknown_flow_is_never_answered_when_it_is_to_stream() {
    let flowise = flowise().await;
    let path = "prediction/00000000-0000-4000-8000-000000000000";
    assert_eq!(call(&flowise, "POST", path, None, Some(json!({"question": "x"}))).await.0, 404);
    let streamed = call(&flowise, "POST", path, None, Some(json!({"question": "x", "streaming": true})));
    assert!(tokio::time::timeout(Duration::from_millis(100), streamed).await.is_err());
}

#[tokio::test]
async fn what_runs_when_it_dies_is_lost_and_its_execution_stays_open() {
    let flowise = flowise().await;
    let gate = Gate::new();
    flowise.pace("a14-af2-agent-last-stream.1", Pacing::Gated(gate.clone()));
    gate.let_go(4);
    let body = json!({"question": "x", "streaming": true, "chatId": "own"});
    let path = format!("prediction/{LLM_LAST}");
    let run = call(&flowise, "POST", &path, None, Some(body));
    assert!(tokio::time::timeout(Duration::from_millis(100), run).await.is_err());
    flowise.kill();
    flowise.start_again();
    let key = flowise.api_key();
    let mut answer = String::new();
    for _ in 0..200 {
        if TcpStream::connect(flowise.address()).await.is_ok() {
            answer = call(&flowise, "GET", "executions?sessionId=own", Some(&key), None).await.1;
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let found: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(
        (&found["data"][0]["state"], &found["data"][0]["executionData"]),
        (&json!("INPROGRESS"), &json!("[]"))
    );
}

#[test]
fn the_demo_needs_no_source_tree_and_has_something_of_every_kind() {
    let demo = Corpus::demo().unwrap();
    let kinds: std::collections::BTreeSet<&str> =
        demo.flows.iter().filter_map(|flow| flow["type"].as_str()).collect();
    assert!(kinds.contains("CHATFLOW") && kinds.contains("AGENTFLOW"), "{kinds:?}");
    assert_eq!(demo.flows.len(), 11);
    assert!(demo.cases.len() >= 11);
}
