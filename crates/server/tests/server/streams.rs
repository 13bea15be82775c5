//! Event streams, byte by byte over a socket.

use std::time::Duration;

use axum::http::StatusCode;
use jackfield_protocol::ids::RunId;
use serde_json::{Value, json};

use crate::{
    hub::{Hub, Listening},
    sse::{Event, Wire},
};

async fn open(hub: &Hub, server: &Listening, path: &str, headers: &[(&str, &str)]) -> Wire {
    let bearer = format!("Bearer {}", hub.token);
    let mut all = vec![("Authorization", bearer.as_str())];
    all.extend_from_slice(headers);
    Wire::get(server.address, path, &all).await
}

fn path(id: RunId) -> String {
    format!("/api/v1/runs/{id}/events")
}

fn seqs(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| event.envelope().seq).collect()
}

/// Polls a condition for a bounded time.
async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never came: {what}");
}

#[tokio::test]
async fn a_stream_is_framed_as_documented_and_ends_after_done() {
    let hub = Hub::new().await;
    let server = hub.listen().await;
    let id = hub.run("echo", json!({"text": "one two\nthree"})).await;
    let mut wire = open(&hub, &server, &path(id), &[]).await;
    assert_eq!(wire.status(), 200);
    for header in [
        "content-type: text/event-stream\r\n",
        "cache-control: no-cache, no-transform\r\n",
        "x-accel-buffering: no\r\n",
        "x-content-type-options: nosniff\r\n",
        "transfer-encoding: chunked\r\n",
    ] {
        assert!(wire.head.contains(header), "{header}: {}", wire.head);
    }
    assert!(!wire.head.contains("content-encoding"));
    assert_eq!(wire.block().await.unwrap(), ": jackfield\nretry: 1000");
    let first = wire.block().await.unwrap();
    let expected = serde_json::to_string(&hub.engine.events(id, 0, 1).await.unwrap()[0]).unwrap();
    assert_eq!(first, format!("id: 1\nevent: start\ndata: {expected}"), "byte for byte the logged event");
    let rest = wire.events().await;
    let log = hub.engine.events(id, 1, 1000).await.unwrap();
    assert_eq!(rest.iter().map(Event::envelope).collect::<Vec<_>>(), log);
    assert_eq!(rest.last().unwrap().name, "done");
    server.stop().await;
}

#[tokio::test]
async fn a_live_run_is_shown_event_by_event() {
    let hub = Hub::new().await;
    let server = hub.listen().await;
    let id = hub.start("gated", json!({"data": 3})).await;
    let mut wire = open(&hub, &server, &path(id), &[]).await;
    assert_eq!(wire.event().await.unwrap().name, "start");
    for n in 0..3 {
        hub.fake.gate.add_permits(1);
        let event = wire.event().await.unwrap();
        let data: Value = serde_json::from_str(&event.data).unwrap();
        assert_eq!(data["data"]["text"], format!("{n} "));
    }
    assert_eq!(wire.event().await.unwrap().name, "done");
    assert_eq!(wire.event().await, None);
    server.stop().await;
}

#[tokio::test]
async fn a_returning_reader_gets_what_is_missing_and_nothing_twice() {
    let hub = Hub::new().await;
    let server = hub.listen().await;
    let id = hub.run("echo", json!({"text": "a b c d e f"})).await;
    let last = hub.engine.run(id).await.unwrap().last_seq;
    for cursor in 0..last {
        let mut wire = open(&hub, &server, &path(id), &[("Last-Event-ID", &cursor.to_string())]).await;
        assert_eq!(seqs(&wire.events().await), (cursor + 1..=last).collect::<Vec<_>>());
        let mut wire = open(&hub, &server, &format!("{}?after={cursor}", path(id)), &[]).await;
        assert_eq!(seqs(&wire.events().await), (cursor + 1..=last).collect::<Vec<_>>());
    }
    // A browser repeats the address it began with and adds how far it got; the larger one counts.
    let mut wire = open(&hub, &server, &format!("{}?after=1", path(id)), &[("Last-Event-ID", "3")]).await;
    assert_eq!(wire.event().await.unwrap().id.as_deref(), Some("4"));
    let mut wire = open(&hub, &server, &format!("{}?after=3", path(id)), &[("Last-Event-ID", "1")]).await;
    assert_eq!(wire.event().await.unwrap().id.as_deref(), Some("4"));
    server.stop().await;
}

#[tokio::test]
async fn after_the_end_there_is_no_content_and_beyond_it_a_refusal() {
    let hub = Hub::new().await;
    let id = hub.run("echo", json!({"text": "a"})).await;
    let last = hub.engine.run(id).await.unwrap().last_seq;
    let reply = hub.get(&format!("{}?after={last}", path(id))).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert!(reply.body.is_empty());
    let problem = hub.get(&format!("{}?after={}", path(id), last + 1)).await.problem("seq_out_of_range");
    assert!(problem["detail"].as_str().unwrap().contains(&format!("ends at {last}")), "{problem}");
}

#[tokio::test]
async fn a_cursor_that_is_no_seq_is_refused() {
    let hub = Hub::new().await;
    let id = hub.run("echo", json!({"text": "a"})).await;
    for text in ["x", "-1", "1.5", "99999999999999999999999", ""] {
        let problem = hub.get(&format!("{}?after={text}", path(id))).await.problem("invalid_request");
        assert_eq!(problem["place"], "query:after");
    }
    let request = hub.request("GET", &path(id)).header("last-event-id", "1a");
    let problem = hub.send(request.body(axum::body::Body::empty()).unwrap()).await.problem("invalid_request");
    assert_eq!(problem["place"], "header:Last-Event-ID");
}

#[tokio::test]
async fn a_silent_stream_has_a_heartbeat() {
    let hub = Hub::with(|config| config.heartbeat = Duration::from_millis(30)).await;
    let server = hub.listen().await;
    let id = hub.start("gated", json!({"data": 1})).await;
    let mut wire = open(&hub, &server, &path(id), &[]).await;
    assert_eq!(wire.event().await.unwrap().name, "start");
    for _ in 0..3 {
        assert_eq!(wire.block().await.unwrap(), ": keep-alive");
    }
    hub.fake.gate.add_permits(1);
    assert_eq!(wire.event().await.unwrap().name, "delta");
    assert_eq!(wire.event().await.unwrap().name, "done");
    server.stop().await;
}

#[tokio::test]
async fn a_reader_that_leaves_stops_nothing_and_frees_its_place() {
    let hub = Hub::with(|config| {
        config.max_readers = 1;
        config.heartbeat = Duration::from_millis(20);
    })
    .await;
    let server = hub.listen().await;
    let id = hub.start("gated", json!({"data": 1})).await;
    let mut wire = open(&hub, &server, &path(id), &[]).await;
    assert_eq!(wire.event().await.unwrap().name, "start");
    let second = open(&hub, &server, &path(id), &[]).await;
    assert_eq!(second.status(), 503);
    assert!(second.head.contains("retry-after: 5\r\n"), "{}", second.head);
    assert_eq!(hub.engine.stats().readers, 1);
    drop(wire);
    eventually("the place is free", || hub.engine.stats().readers == 0).await;
    let mut wire = open(&hub, &server, &path(id), &[]).await;
    assert_eq!(wire.status(), 200);
    hub.fake.gate.add_permits(1);
    let events = wire.events().await;
    assert_eq!(events.last().unwrap().name, "done");
    assert_eq!(events.last().unwrap().envelope().seq as usize, events.len());
    server.stop().await;
}

#[tokio::test]
async fn shutdown_ends_streams_in_order() {
    let hub = Hub::new().await;
    let server = hub.listen().await;
    let id = hub.start("gated", json!({"data": 2})).await;
    let mut run = open(&hub, &server, &path(id), &[]).await;
    let mut news = open(&hub, &server, "/api/v1/events", &[]).await;
    assert_eq!(run.event().await.unwrap().name, "start");
    assert_eq!(news.block().await.unwrap(), ": jackfield\nretry: 1000");
    server.shutdown.cancel();
    // Both end with their last chunk, not with a broken connection: `block` checks that.
    assert_eq!(run.event().await, None);
    while news.event().await.is_some() {}
    server.stop().await;
    hub.engine.shutdown().await;
}

#[tokio::test]
async fn many_readers_see_every_event_once() {
    let hub = Hub::new().await;
    let server = hub.listen().await;
    let id = hub.start("gated", json!({"data": 40})).await;
    hub.reached(id, 1).await;
    let mut readers = tokio::task::JoinSet::new();
    for n in 0..50_u64 {
        let (address, bearer) = (server.address, format!("Bearer {}", hub.token));
        let after = n % 2;
        readers.spawn(async move {
            let path = format!("{}?after={after}", path(id));
            let mut wire = Wire::get(address, &path, &[("Authorization", &bearer)]).await;
            (after, seqs(&wire.events().await))
        });
    }
    for _ in 0..40 {
        hub.fake.gate.add_permits(1);
        tokio::task::yield_now().await;
    }
    hub.finish(id).await;
    let last = hub.engine.run(id).await.unwrap().last_seq;
    while let Some(reader) = readers.join_next().await {
        let (after, seqs) = reader.unwrap();
        assert_eq!(seqs, (after + 1..=last).collect::<Vec<_>>());
    }
    server.stop().await;
}

#[tokio::test]
async fn one_stream_carries_news_and_runs_and_resumes_by_its_own_id() {
    let hub = Hub::new().await;
    let server = hub.listen().await;
    let first = hub.run("echo", json!({"text": "a b"})).await;
    let live = hub.start("gated", json!({"data": 1})).await;
    let address = format!("/api/v1/events?run={first}@1&run={live}@0");
    let mut wire = open(&hub, &server, &address, &[]).await;
    hub.fake.gate.add_permits(1);
    let (mut seen, mut id, mut news) = (Vec::new(), String::new(), 0);
    // Until both runs have ended.
    for _ in 0..1000 {
        let event = wire.event().await.unwrap();
        if event.name == "run_event" {
            id = event.id.clone().unwrap();
            let data: Value = serde_json::from_str(&event.data).unwrap();
            seen.push((data["run_id"].as_str().unwrap().to_owned(), data["seq"].as_u64().unwrap()));
        } else {
            assert_eq!(event.id, None);
            let data: Value = serde_json::from_str(&event.data).unwrap();
            assert_eq!(data["type"], event.name.as_str());
            news += 1;
        }
        let done = |run: RunId, seq: u64| seen.contains(&(run.to_string(), seq));
        let ends = (hub.engine.run(first).await.unwrap(), hub.engine.run(live).await.unwrap());
        let over = ends.1.status.has_ended();
        if over && news > 0 && done(first, ends.0.last_seq) && done(live, ends.1.last_seq) {
            break;
        }
    }
    let ends = (hub.engine.run(first).await.unwrap().last_seq, hub.engine.run(live).await.unwrap().last_seq);
    let of = |run: RunId| -> Vec<u64> {
        seen.iter().filter(|(id, _)| *id == run.to_string()).map(|(_, seq)| *seq).collect()
    };
    assert_eq!(of(first), (2..=ends.0).collect::<Vec<_>>());
    assert_eq!(of(live), (1..=ends.1).collect::<Vec<_>>());
    // A browser comes back with the same address and the last id: nothing of either run comes again.
    let mut again = open(&hub, &server, &address, &[("Last-Event-ID", &id)]).await;
    assert_eq!(again.status(), 200);
    let backend = hub.engine.backend("peer").await.unwrap().backend.id;
    hub.engine.change_backend(backend, serde_json::from_value(json!({})).unwrap()).await.unwrap();
    assert_ne!(again.event().await.unwrap().name, "run_event");
    server.stop().await;
}

#[tokio::test]
async fn the_page_stream_refuses_what_is_no_cursor() {
    let hub = Hub::new().await;
    let id = hub.run("echo", json!({"text": "a"})).await;
    hub.get("/api/v1/events?run=x@1").await.problem("invalid_request");
    hub.get(&format!("/api/v1/events?run={id}@999")).await.problem("seq_out_of_range");
    hub.get(&format!("/api/v1/events?run={}@0", RunId::new())).await.problem("not_found");
    let many: String = (0..33).map(|_| format!("run={}@0&", RunId::new())).collect();
    hub.get(&format!("/api/v1/events?{}", many.trim_end_matches('&'))).await.problem("invalid_request");
}

#[tokio::test]
async fn programs_read_pages() {
    let hub = Hub::new().await;
    let id = hub.run("echo", json!({"text": "a b c d"})).await;
    let log = hub.engine.events(id, 0, 1000).await.unwrap();
    let page = |query: String| {
        let request =
            hub.request("GET", &format!("{}{query}", path(id))).header("accept", "application/json");
        hub.send(request.body(axum::body::Body::empty()).unwrap())
    };
    let (mut events, mut cursor) = (Vec::new(), Some("0".to_owned()));
    while let Some(after) = cursor {
        let value = page(format!("?after={after}&limit=2")).await.value();
        events.extend(value["items"].as_array().unwrap().clone());
        cursor = value["next"].as_str().map(str::to_owned);
    }
    assert_eq!(serde_json::Value::Array(events), serde_json::to_value(&log).unwrap());
    let end = page(format!("?after={}&wait=60", log.len())).await;
    assert_eq!(end.value()["items"], json!([]), "an ended run is not waited for");
    page("?limit=0".to_owned()).await.problem("invalid_request");
    page("?wait=61".to_owned()).await.problem("invalid_request");
}

#[tokio::test]
async fn a_page_can_be_waited_for() {
    let hub = Hub::new().await;
    let id = hub.start("gated", json!({"data": 1})).await;
    hub.reached(id, 1).await;
    let request =
        hub.request("GET", &format!("{}?after=1&wait=60", path(id))).header("accept", "application/json");
    let waiting = hub.send(request.body(axum::body::Body::empty()).unwrap());
    let opening = async {
        eventually("the page is waited for", || hub.engine.stats().readers >= 1).await;
        hub.fake.gate.add_permits(1);
    };
    let (reply, ()) = tokio::join!(waiting, opening);
    assert_eq!(reply.value()["items"][0]["seq"], 2);
}
