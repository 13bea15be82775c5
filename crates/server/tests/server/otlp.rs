//! Spans that n8n really sent, encoded as its exporter does, become steps of the run they belong to.

use std::path::Path;

use axum::{body::Body, http::StatusCode};
use jackfield_protocol::{event::EventBody, ids::RunId};
use serde_json::{Value, json};

use crate::hub::{Hub, Reply};

const PATH: &str = "/api/v1/otlp/v1/traces";

/// The batches of the recording, in the order they came.
fn recorded() -> Vec<Vec<Value>> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire/n8n/v2.41.1/k01-otel-spans.json");
    let recording: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let steps = recording["steps"].as_array().unwrap().iter();
    steps.filter_map(|step| step["spans"].as_array().cloned()).collect()
}

/// `ExportTraceServiceRequest` by the field numbers of opentelemetry-proto, written here once more so that the reader
/// is not tested against itself.
mod wire {
    use super::Value;

    fn varint(mut number: u64, out: &mut Vec<u8>) {
        while number >= 0x80 {
            out.push((number as u8) | 0x80);
            number >>= 7;
        }
        out.push(number as u8);
    }

    pub(super) fn bytes(field: u64, value: &[u8], out: &mut Vec<u8>) {
        varint(field << 3 | 2, out);
        varint(value.len() as u64, out);
        out.extend(value);
    }

    fn fixed64(field: u64, value: u64, out: &mut Vec<u8>) {
        varint(field << 3 | 1, out);
        out.extend(value.to_le_bytes());
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    fn any(value: &Value) -> Vec<u8> {
        let mut out = Vec::new();
        match value {
            Value::String(text) => bytes(1, text.as_bytes(), &mut out),
            Value::Bool(yes) => {
                varint(2 << 3, &mut out);
                varint(u64::from(*yes), &mut out);
            }
            Value::Number(number) if number.is_i64() => {
                varint(3 << 3, &mut out);
                varint(number.as_i64().unwrap() as u64, &mut out);
            }
            Value::Number(number) => fixed64(4, number.as_f64().unwrap().to_bits(), &mut out),
            other => panic!("not in the recording: {other}"),
        }
        out
    }

    pub(super) fn span(span: &Value, trace: &str) -> Vec<u8> {
        let mut out = Vec::new();
        let text = |name: &str| span[name].as_str().unwrap_or_default();
        bytes(1, &hex(trace), &mut out);
        bytes(2, &hex(text("spanId")), &mut out);
        bytes(4, &hex(text("parentSpanId")), &mut out);
        bytes(5, text("name").as_bytes(), &mut out);
        varint(6 << 3, &mut out);
        varint(1, &mut out);
        fixed64(7, span["startMs"].as_u64().unwrap() * 1_000_000, &mut out);
        fixed64(8, span["endMs"].as_u64().unwrap() * 1_000_000, &mut out);
        for (key, value) in span["attributes"].as_object().unwrap() {
            let mut pair = Vec::new();
            bytes(1, key.as_bytes(), &mut pair);
            bytes(2, &any(value), &mut pair);
            bytes(9, &pair, &mut out);
        }
        let mut status = Vec::new();
        varint(3 << 3, &mut status);
        varint(span["status"]["code"].as_u64().unwrap(), &mut status);
        bytes(15, &status, &mut out);
        out
    }

    pub(super) fn request(spans: &[Vec<u8>]) -> Vec<u8> {
        let mut scope = Vec::new();
        let mut name = Vec::new();
        bytes(1, b"n8n", &mut name);
        bytes(1, &name, &mut scope);
        spans.iter().for_each(|span| bytes(2, span, &mut scope));
        let mut resource = Vec::new();
        bytes(1, b"", &mut resource);
        bytes(2, &scope, &mut resource);
        let mut out = Vec::new();
        bytes(1, &resource, &mut out);
        out
    }
}

async fn post(hub: &Hub, kind: &str, body: Vec<u8>) -> Reply {
    // As n8n's exporter sends its token: in a header of its own.
    let request = axum::http::Request::builder().method("POST").uri(PATH).header("host", "127.0.0.1:7410");
    let request = request.header("content-type", kind).header("x-jackfield-token", &hub.token);
    hub.send(request.body(Body::from(body)).unwrap()).await
}

async fn step_names(hub: &Hub, id: RunId) -> Vec<String> {
    let events = hub.engine.events(id, 0, 1000).await.unwrap();
    let starts = events.into_iter().filter_map(|event| match event.body {
        EventBody::StepStart(start) => Some(start.name),
        _ => None,
    });
    starts.collect()
}

fn names(spans: &[Value]) -> Vec<String> {
    let name = |span: &Value| span["attributes"]["n8n.node.name"].as_str().map(str::to_owned);
    spans.iter().map(|span| name(span).unwrap_or_else(|| span["name"].as_str().unwrap().to_owned())).collect()
}

/// All recorded spans, with the workflow's own at the end, where the scripted run stops listening.
fn all_spans() -> Vec<Value> {
    let mut spans: Vec<Value> = recorded().into_iter().flatten().collect();
    assert!(spans.len() > 8, "{}", spans.len());
    let workflows: Vec<usize> =
        (0..spans.len()).filter(|n| spans[*n]["name"] == "workflow.execute").collect();
    // Of the two workflows only the outer one, which ended last, ends the scripted run.
    let outer = spans.remove(*workflows.last().unwrap());
    spans.retain(|span| span["name"] != "workflow.execute");
    spans.push(outer);
    spans
}

#[tokio::test]
async fn recorded_spans_reach_the_run_whose_id_is_the_trace_id() {
    let hub = Hub::new().await;
    let id = hub.start("spans", json!({})).await;
    hub.reached(id, 2).await;
    let trace = id.to_string().replace('-', "");
    let spans = all_spans();
    let encoded: Vec<Vec<u8>> = spans.iter().map(|span| wire::span(span, &trace)).collect();
    for batch in encoded.chunks(4) {
        let reply = post(&hub, "application/x-protobuf", wire::request(batch)).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        assert_eq!(reply.header("content-type"), "application/x-protobuf");
        assert!(reply.body.is_empty());
    }
    hub.finish(id).await;
    assert_eq!(step_names(&hub, id).await, names(&spans));
    let trace = hub.engine.trace(id).await.unwrap();
    let first = trace.steps.iter().find(|step| step.name == names(&spans)[0]).unwrap();
    assert_eq!(first.started_at.as_millisecond() as u64, spans[0]["startMs"].as_u64().unwrap());
}

#[tokio::test]
async fn json_spans_reach_it_too() {
    let hub = Hub::new().await;
    let id = hub.start("spans", json!({})).await;
    hub.reached(id, 2).await;
    let span = json!({
        "traceId": id.to_string().replace('-', ""), "spanId": "9cb689e60cc83044", "name": "workflow.execute",
        "startTimeUnixNano": "1795475415293000000", "endTimeUnixNano": "1795475415401000000",
    });
    let body = json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]});
    let reply = post(&hub, "application/json", body.to_string().into_bytes()).await;
    assert_eq!((reply.status, reply.text()), (StatusCode::OK, "{}"));
    hub.finish(id).await;
    assert_eq!(step_names(&hub, id).await, ["workflow.execute"]);
}

#[tokio::test]
async fn spans_of_no_run_are_taken_and_dropped() {
    let hub = Hub::new().await;
    let batches = recorded();
    let trace = batches[0][0]["traceId"].as_str().unwrap();
    let encoded: Vec<Vec<u8>> = batches[0].iter().map(|span| wire::span(span, trace)).collect();
    let reply = post(&hub, "application/x-protobuf", wire::request(&encoded)).await;
    assert_eq!(reply.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_batch_of_spans_is_refused() {
    let hub = Hub::with(|config| config.span_limit = 1000).await;
    post(&hub, "application/x-protobuf", vec![0xff; 9]).await.problem("invalid_request");
    post(&hub, "application/json", b"{".to_vec()).await.problem("invalid_json");
    post(&hub, "application/json", b"[]".to_vec()).await.problem("invalid_request");
    post(&hub, "text/plain", Vec::new()).await.problem("unsupported_media_type");
    post(&hub, "application/x-protobuf", vec![0; 1001]).await.problem("too_large");
    let request = hub.request("POST", PATH).header("content-type", "application/x-protobuf");
    let request = request.header("content-encoding", "gzip").body(Body::from("x")).unwrap();
    let problem = hub.send(request).await.problem("unsupported_media_type");
    assert_eq!(problem["place"], "header:Content-Encoding");
    let request = axum::http::Request::builder().method("POST").uri(PATH).header("host", "localhost");
    hub.send(request.body(Body::empty()).unwrap()).await.problem("unauthenticated");
}

#[tokio::test]
async fn n8ns_probe_is_answered_without_a_token() {
    let hub = Hub::new().await;
    let request = axum::http::Request::builder().method("HEAD").uri(PATH).header("host", "localhost");
    assert_eq!(hub.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::NO_CONTENT);
}
