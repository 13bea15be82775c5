//! Calls: every kind of content, checks before and after, cancel, deadlines, and what is repeated and what not.

use jackfield_protocol::{
    error::ErrorCode,
    event::EventBody,
    model::CancelEffect,
    port::{AttemptEnd, ResumeRequest},
};
use jackfield_testkit::mcp::server::{Revision, Script, SimulatedMcp};
use serde_json::json;

use crate::support::{Call, brief, client, tool};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_revision_is_found_and_called() {
    for revision in Revision::ALL {
        let server = SimulatedMcp::start(Script::only(*revision)).await.unwrap();
        let client = client(&server.url(), json!({}));
        let report = client.test_connection().await;
        let protocol = report.checks.iter().find(|check| check.name == "protocol").unwrap();
        assert!(protocol.message.contains(revision.as_str()), "{}", protocol.message);
        let mut call = Call::new(&client, tool(&client, "add").await, json!({"a": 2, "b": 3}));
        assert_eq!(brief(&call.run().await), "succeeded", "{revision:?}: {:#?}", call.events);
        assert!(call.text().contains('5'), "{revision:?}: {}", call.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_old_transport_is_found_by_itself() {
    let script = Script { streamable: false, ..Script::legacy() };
    let server = SimulatedMcp::start(script).await.unwrap();
    let client = client(&server.sse_url(), json!({}));
    let mut call = Call::new(&client, tool(&client, "slow").await, json!({"steps": 3, "delay_ms": 5}));
    assert_eq!(brief(&call.run().await), "succeeded", "{:#?}", call.events);
    assert!(call.log().contains("[3/3]"), "{}", call.log());
    let offers = client.discover_offers().await.unwrap().unwrap();
    assert_eq!(offers.transport.as_deref(), Some("http_sse"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn arguments_are_checked_before_anything_is_sent() {
    let server = SimulatedMcp::start(Script::both()).await.unwrap();
    let client = client(&server.url(), json!({}));
    let add = tool(&client, "add").await;
    let failure = client.check_arguments(&add, &json!({"a": "x"})).unwrap_err();
    assert_eq!(failure.code, ErrorCode::InvalidInput);
    let places: Vec<&str> = failure.faults.iter().map(|fault| fault.place.as_str()).collect();
    assert!(places.contains(&"/arguments/a") && places.contains(&"/arguments"), "{places:?}");
    assert!(client.check_arguments(&add, &json!({"a": 1, "b": 2})).is_ok());
    assert_eq!(server.calls("add"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_content_is_kept() {
    let server = SimulatedMcp::start(Script::both()).await.unwrap();
    let client = client(&server.url(), json!({}));
    let mut call = Call::new(&client, tool(&client, "everything_at_once").await, json!({}));
    assert_eq!(brief(&call.run().await), "succeeded", "{:#?}", call.events);
    let artifacts = call.events.iter().filter(|event| matches!(event, EventBody::Artifact(_))).count();
    assert!(artifacts >= 4 && !call.text().is_empty(), "{:#?}", call.events);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_that_breaks_its_promise_is_shown_with_the_fault() {
    let server = SimulatedMcp::start(Script::both()).await.unwrap();
    let client = client(&server.url(), json!({}));
    for name in ["structured_wrong", "structured_missing"] {
        let mut call = Call::new(&client, tool(&client, name).await, json!({}));
        assert_eq!(brief(&call.run().await), "succeeded", "{name}: {:#?}", call.events);
        let told =
            call.seen.errors.iter().any(|error| error.code == ErrorCode::ToolOutputInvalid && !error.fatal);
        assert!(told, "{name}: {:#?}", call.events);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_of_tool_and_protocol_are_told_apart() {
    let server = SimulatedMcp::start(Script::both()).await.unwrap();
    let client = client(&server.url(), json!({}));
    let mut call = Call::new(&client, tool(&client, "fail").await, json!({"message": "kaputt"}));
    assert_eq!(brief(&call.run().await), "failed");
    assert_eq!(call.seen.errors[0].code, ErrorCode::ToolFailed);
    assert!(call.seen.errors[0].message.contains("kaputt"));
    let gone = tool(&client, "fail").await;
    server.remove_tool("fail");
    let mut call = Call::new(&client, gone, json!({}));
    assert_eq!(brief(&call.run().await), "failed");
    assert!(!call.seen.errors.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_call_reaches_the_server() {
    for script in [Script::legacy(), Script::modern()] {
        let server = SimulatedMcp::start(script).await.unwrap();
        let client = client(&server.url(), json!({}));
        let mut call = Call::new(&client, tool(&client, "hold").await, json!({}));
        call.begin();
        call.until(|call| !call.seen.steps().is_empty()).await;
        let request = ResumeRequest { run: call.run.clone(), checkpoint: None, seen: call.seen.clone() };
        let stopping = async {
            server.until(|server| server.calls("hold") == 1).await;
            client.cancel(&request).await.unwrap()
        };
        let (report, end) = tokio::join!(stopping, call.run());
        assert_eq!((report.effect, brief(&end).as_str()), (CancelEffect::GoesOn, "cancelled"));
        server.until(|server| server.cancelled("hold") == 1).await;
        // What was stopped is not taken up again.
        call.again();
        assert_eq!(brief(&call.run().await), "cancelled");
        assert_eq!(server.calls("hold"), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_may_be_repeated_is_repeated() {
    let server = SimulatedMcp::start(Script::modern()).await.unwrap();
    let client = client(&server.url(), json!({}));
    for (name, safe) in [("hold", false), ("hold_safely", true)] {
        let mut call = Call::new(&client, tool(&client, name).await, json!({}));
        call.begin();
        let (_, end) = tokio::join!(
            async {
                server.until(|server| server.calls(name) == 1).await;
                server.kill();
                server.start_again().await.unwrap();
            },
            call.until(|_| false)
        );
        assert!(matches!(end, Some(AttemptEnd::Lost(_))), "{name}: {end:?}");
        let before = server.calls(name);
        call.again();
        let server = &server;
        let release = async {
            if safe {
                server.until(|server| server.calls(name) > before).await;
                server.open_gate();
            }
        };
        let (_, end) = tokio::join!(release, call.run());
        assert_eq!(brief(&end), if safe { "succeeded" } else { "unknown" }, "{name}: {:#?}", call.events);
        assert_eq!(server.calls(name) - before, u64::from(safe), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_calls_are_tasks_that_are_found_again() {
    for script in [Script::legacy(), Script::modern()] {
        let server = SimulatedMcp::start(script).await.unwrap();
        let client = client(&server.url(), json!({"call_timeout_ms": 10_000}));
        let tool = tool(&client, "simulate-research-query").await;
        let mut call = Call::new(&client, tool, json!({"topic": "sea", "ambiguous": false}));
        call.begin();
        call.until(|call| call.checkpoint.is_some()).await;
        // The hub ends here; the next one finds the task.
        call.again();
        assert_eq!(brief(&call.run().await), "succeeded", "{:#?}", call.events);
        assert_eq!(server.calls("simulate-research-query"), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marked_arguments_go_into_headers() {
    let server = SimulatedMcp::start(Script::modern()).await.unwrap();
    let client = client(&server.url(), json!({}));
    let region = tool(&client, "query_region").await;
    let field = region.input_schema["properties"].as_object().unwrap().keys().next().unwrap().clone();
    let mut call = Call::new(&client, region, json!({field: "eu"}));
    let end = call.run().await;
    assert_eq!(brief(&end), "succeeded", "{:#?}", call.events);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_steps_keep_their_order_over_http() {
    let server = SimulatedMcp::start(Script::both()).await.unwrap();
    let client = client(&server.url(), json!({}));
    let mut call = Call::new(&client, tool(&client, "slow").await, json!({"steps": 200, "delay_ms": 0}));
    assert_eq!(brief(&call.run().await), "succeeded");
    let log = call.log();
    let steps: Vec<&str> = log.lines().filter(|line| line.starts_with('[')).collect();
    assert_eq!(steps.len(), 200);
    for (n, step) in steps.iter().enumerate() {
        assert!(step.starts_with(&format!("[{}/200]", n + 1)), "{step}");
    }
}
