//! The revisions with a handshake.

use serde_json::{Value, json};

use super::{
    super::*,
    client::{Legacy, http, read},
};

#[tokio::test]
async fn each_revision_is_spoken_and_another_is_negotiated() {
    for revision in Script::legacy().revisions {
        let mcp = SimulatedMcp::start(Script::only(revision)).await.unwrap();
        let mut client = Legacy::connect(&mcp, revision).await;
        let said = client.call("add", json!({"a": 1, "b": 2})).await;
        let structured = revision >= Revision::V2025_06_18;
        assert_eq!(said.result().get("structuredContent").is_some(), structured, "{revision:?}");
        // Only 2025-11-25 opens its streams with an event to come back to.
        assert_eq!(said.ids.len(), if revision == Revision::V2025_11_25 { 2 } else { 1 }, "{revision:?}");
    }
    let script = Script::legacy();
    assert_eq!(script.negotiate(&json!("1999-01-01")), Some(Revision::V2025_11_25));
    assert_eq!(script.negotiate(&json!("2026-07-28")), Some(Revision::V2025_11_25));
    assert_eq!(Script::modern().negotiate(&json!("2025-11-25")), None);
}

#[tokio::test]
async fn a_lost_session_is_answered_in_four_ways() {
    for (lost, status, id) in [
        (LostSession::NotFound, 404, Value::Null),
        (LostSession::BadRequestNoId, 400, Value::Null),
        (LostSession::BadRequestNullId, 400, Value::Null),
        (LostSession::Gone, 410, Value::Null),
    ] {
        let mcp = SimulatedMcp::start(Script { lost_session: lost, ..Script::legacy() }).await.unwrap();
        let mut client = Legacy::connect(&mcp, Revision::V2025_11_25).await;
        mcp.forget_sessions();
        let said = client.call("count", json!({})).await;
        assert_eq!((said.status, &said.last()["id"]), (status, &id), "{lost:?}");
        let has_id = matches!(lost, LostSession::NotFound | LostSession::BadRequestNullId);
        assert_eq!(said.last().get("id").is_some(), has_id);
        assert_eq!(client.get(None).send().await.unwrap().status(), status);
        assert_eq!(client.delete().send().await.unwrap().status(), status);
        assert_eq!((mcp.calls("count"), mcp.sessions()), (0, 0));
    }
}

#[tokio::test]
async fn a_session_ends_with_delete_and_its_stream_with_it() {
    let mcp = SimulatedMcp::start(Script::legacy()).await.unwrap();
    let client = Legacy::connect(&mcp, Revision::V2025_11_25).await;
    let general = client.get(None).send().await.unwrap();
    assert_eq!(client.delete().send().await.unwrap().status(), 200);
    assert!(!read(general).await.broken);
    assert_eq!(mcp.sessions(), 0);
}

#[tokio::test]
async fn a_broken_stream_is_resumed_without_a_second_call() {
    let script = Script { retry_ms: Some(20), ..Script::legacy() };
    let mcp = SimulatedMcp::start(script).await.unwrap();
    let mut client = Legacy::connect(&mcp, Revision::V2025_11_25).await;
    let before = client.call("cut", json!({})).await;
    assert!(before.broken && before.text.contains("retry: 20\n"), "{before:?}");
    let said: Vec<&Value> = before.messages.iter().map(|message| &message["params"]["message"]).collect();
    assert_eq!(said, ["before the cut"]);
    let after = read(client.get(before.ids.last().map(String::as_str)).send().await.unwrap()).await;
    assert_eq!(after.messages[0]["params"]["message"], "after the cut");
    assert_eq!(after.result()["content"][0]["text"], "came through");
    assert_eq!((after.broken, mcp.calls("cut")), (false, 1));
    // From the priming event on everything can be read again.
    let again = read(client.get(before.ids.first().map(String::as_str)).send().await.unwrap()).await;
    assert_eq!((again.messages.len(), again.broken), (3, false));
}

#[tokio::test]
async fn who_leaves_cancels_nothing_and_who_cancels_gets_no_answer() {
    let mcp = SimulatedMcp::start(Script::legacy()).await.unwrap();
    let mut client = Legacy::connect(&mcp, Revision::V2025_11_25).await;
    let held = |client: &mut Legacy| client.message("tools/call", json!({"name": "hold", "arguments": {}}));
    let first = held(&mut client);
    let answer = client.post(&first).send().await.unwrap();
    mcp.until(|mcp| mcp.effects("hold") == 1).await;
    drop(answer);
    let second = held(&mut client);
    let answer = client.post(&second).send().await.unwrap();
    mcp.until(|mcp| mcp.effects("hold") == 2).await;
    client.tell("notifications/cancelled", json!({"requestId": second["id"]})).await;
    mcp.until(|mcp| mcp.cancelled("hold") == 1).await;
    let said = read(answer).await;
    assert!(said.messages.is_empty() && !said.broken, "{said:?}");
    assert_eq!((mcp.calls("hold"), mcp.cancelled("hold")), (2, 1));
}

#[tokio::test]
async fn questions_of_the_server_are_requests_in_the_stream_of_the_call() {
    let mcp = SimulatedMcp::start(Script::everything()).await.unwrap();
    let mut client = Legacy::connect(&mcp, Revision::V2025_11_25).await;
    let answer = |question: &Value| match question["method"].as_str().unwrap() {
        "elicitation/create" => json!({"action": "accept", "content": {"value": "v", "name": "Ada"}}),
        "roots/list" => json!({"roots": [{"uri": "file:///tmp", "name": "tmp"}]}),
        _ => json!({"role": "assistant", "content": {"type": "text", "text": "word"}, "model": "m"}),
    };
    for (tool, arguments, questions, expected) in [
        ("ask_twice", json!({}), 2, "\"v\" then \"v\""),
        ("ask_all", json!({}), 3, "file:///tmp"),
        ("ask_url", json!({}), 1, "the link: accept"),
        ("trigger-sampling-request", json!({"prompt": "x"}), 1, "word"),
        ("trigger-elicitation-request", json!({}), 1, "Name: Ada"),
        ("get-roots-list", json!({}), 1, "1 total"),
    ] {
        let said = client.converse("tools/call", json!({"name": tool, "arguments": arguments}), answer).await;
        let asked = said
            .messages
            .iter()
            .filter(|message| message.get("method").is_some() && message.get("id").is_some())
            .count();
        assert_eq!(asked, questions, "{tool}");
        assert!(
            said.result()["content"].to_string().replace('\\', "").contains(expected),
            "{tool}: {said:?}"
        );
    }
    let mut poor = Legacy::with(&mcp, Revision::V2025_11_25, json!({})).await;
    assert_eq!(poor.call("trigger-sampling-request", json!({"prompt": "x"})).await.code(), -32602);
    let refused =
        client.call("trigger-url-elicitation", json!({"url": "https://e.example/", "errorPath": true})).await;
    assert_eq!(
        (refused.code(), &refused.last()["error"]["data"]["elicitations"][0]["mode"]),
        (-32042, &json!("url"))
    );
    let params = json!({"name": "trigger-url-elicitation", "arguments": {"url": "https://e.example/", "errorPath": true}});
    assert!(client.converse("tools/call", params, answer).await.text.contains("URL elicitation: accept"));
}

#[tokio::test]
async fn tasks_are_polled_asked_and_fetched() {
    let mcp = SimulatedMcp::start(Script::everything()).await.unwrap();
    let mut client = Legacy::connect(&mcp, Revision::V2025_11_25).await;
    let arguments = json!({"topic": "x", "ambiguous": true});
    assert_eq!(client.call("simulate-research-query", arguments.clone()).await.result()["isError"], true);
    let echo = json!({"name": "echo", "arguments": {"message": "m"}, "task": {}});
    assert_eq!(client.ask("tools/call", echo).await.result()["isError"], true);
    let params = json!({"name": "simulate-research-query", "arguments": arguments, "task": {"ttl": 60000}});
    let task = client.ask("tools/call", params.clone()).await.result()["task"].clone();
    assert_eq!((&task["status"], &task["ttl"]), (&json!("working"), &json!(60000)));
    let id = json!({"taskId": task["taskId"]});
    while client.ask("tasks/get", id.clone()).await.result()["status"] != "input_required" {}
    assert_eq!(client.ask("tasks/list", json!({})).await.result()["tasks"].as_array().map(Vec::len), Some(1));
    let accept = |_: &Value| json!({"action": "accept", "content": {"value": "deep"}});
    let said = client.converse("tasks/result", id.clone(), accept).await;
    let question = &said.messages[0]["params"]["_meta"]["io.modelcontextprotocol/related-task"];
    assert_eq!(question["taskId"], task["taskId"]);
    assert_eq!(said.result()["content"][0]["text"], "Research report on x.");
    assert_eq!(client.ask("tasks/get", id.clone()).await.result()["status"], "completed");
    assert_eq!(client.ask("tasks/cancel", id).await.code(), -32602);
    assert_eq!(client.ask("tasks/get", json!({"taskId": "none"})).await.code(), -32602);

    let task = client.ask("tools/call", params).await.result()["task"].clone();
    let cancelled = client.ask("tasks/cancel", json!({"taskId": task["taskId"]})).await;
    assert_eq!(cancelled.result()["status"], "cancelled");
    mcp.until(|mcp| mcp.cancelled("simulate-research-query") == 1).await;
}

#[tokio::test]
async fn news_come_on_the_general_stream() {
    let mcp = SimulatedMcp::start(Script::legacy()).await.unwrap();
    let mut client = Legacy::connect(&mcp, Revision::V2025_11_25).await;
    client.ask("resources/subscribe", json!({"uri": "lab://counter"})).await.result();
    client.call("bump", json!({})).await.result();
    client.call("grow", json!({"name": "more"})).await.result();
    client.ask("resources/unsubscribe", json!({"uri": "lab://counter"})).await.result();
    client.call("bump", json!({})).await.result();
    mcp.announce_offers();
    let general = client.get(None).send().await.unwrap();
    client.delete().send().await.unwrap();
    let said = read(general).await;
    let methods: Vec<&str> =
        said.messages.iter().map(|message| message["method"].as_str().unwrap()).collect();
    assert_eq!(
        methods,
        [
            "notifications/resources/updated",
            "notifications/tools/list_changed",
            "notifications/prompts/list_changed",
            "notifications/resources/list_changed"
        ]
    );
}

#[tokio::test]
async fn the_log_has_a_level() {
    let mcp = SimulatedMcp::start(Script::legacy()).await.unwrap();
    let mut client = Legacy::connect(&mcp, Revision::V2025_11_25).await;
    assert_eq!(client.call("log_levels", json!({})).await.messages.len(), 9);
    client.ask("logging/setLevel", json!({"level": "error"})).await.result();
    assert_eq!(client.call("log_levels", json!({})).await.messages.len(), 5);
}

#[tokio::test]
async fn batches_belong_to_one_revision() {
    let mcp = SimulatedMcp::start(Script::legacy()).await.unwrap();
    let mut old = Legacy::connect(&mcp, Revision::V2025_03_26).await;
    let batch = json!([old.message("ping", json!({})), old.message("tools/call", json!({"name": "look", "arguments": {}})), {"jsonrpc": "2.0", "method": "notifications/roots/list_changed"}]);
    let said = read(old.post(&batch).send().await.unwrap()).await;
    assert_eq!((said.messages.len(), mcp.calls("look")), (2, 1));
    let mut new = Legacy::connect(&mcp, Revision::V2025_06_18).await;
    let batch = json!([new.message("ping", json!({}))]);
    assert_eq!(new.post(&batch).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn http_and_sse_as_in_2024() {
    let mcp = SimulatedMcp::start(Script { streamable: false, ..Script::everything() }).await.unwrap();
    let http = http();
    for url in [mcp.url(), mcp.sse_url()] {
        let status = http
            .post(url)
            .header("accept", "text/event-stream, application/json")
            .body("{}")
            .send()
            .await
            .unwrap()
            .status();
        assert!([404, 405].contains(&status.as_u16()), "{status}");
    }
    let mut stream = http.get(mcp.sse_url()).send().await.unwrap();
    let mut text = String::new();
    let mut until = async |needle: &str| {
        while !text.contains(needle) {
            let chunk = stream.chunk().await.unwrap().expect("the stream goes on");
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        text.clone()
    };
    let first = until("\n\n").await;
    let path = first.strip_prefix("event: endpoint\ndata: ").unwrap().trim().to_owned();
    let send = async |message: Value| {
        let answer =
            http.post(format!("{}{path}", mcp.base_url())).body(message.to_string()).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (202, "Accepted"));
    };
    send(json!({"jsonrpc": "2.0", "id": "probe", "method": "server/discover"})).await;
    until("-32601").await;
    send(json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2024-11-05", "capabilities": {}}})).await;
    until("2024-11-05").await;
    send(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
    send(json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "echo", "arguments": {"message": "hi"}}})).await;
    let all = until("Echo: hi").await;
    assert!(!all.contains("\nid: "), "{all}");
    drop(stream);
    mcp.at_most(1).await;
    mcp.until(|mcp| mcp.sessions() == 0 || mcp.connections() == 0).await;
}

#[tokio::test]
async fn refusals_say_why() {
    let mcp = SimulatedMcp::start(Script::legacy()).await.unwrap();
    let mut client = Legacy::connect(&mcp, Revision::V2025_11_25).await;
    let answer = http().post(mcp.url()).header("accept", "application/json").body("{}").send().await.unwrap();
    assert_eq!(answer.status(), 406);
    let message = client.message("ping", json!({}));
    let answer = client.post(&message).header("mcp-protocol-version", "2025-03-26").send().await.unwrap();
    // The wrong one is the second of two: what counts is the first.
    assert_eq!(answer.status(), 200);
    let request = http()
        .post(mcp.url())
        .header("accept", "application/json, text/event-stream")
        .header("mcp-session-id", &client.session);
    assert_eq!(
        request
            .header("mcp-protocol-version", "2025-03-26")
            .body(message.to_string())
            .send()
            .await
            .unwrap()
            .status(),
        400
    );
    assert_eq!(client.ask("no/such", json!({})).await.code(), -32601);
    assert_eq!(client.call("no-such", json!({})).await.result()["isError"], true);
    assert_eq!(client.call("plan_trip", json!({"to": "Lisbon"})).await.result()["isError"], true);
    assert_eq!(client.ask("resources/read", json!({"uri": "lab://none"})).await.code(), -32602);
    let mut old = Legacy::connect(&mcp, Revision::V2024_11_05).await;
    assert_eq!(old.ask("resources/read", json!({"uri": "lab://none"})).await.code(), -32002);
    assert_eq!(client.ask("tools/list", json!({"cursor": "none"})).await.code(), -32602);
}
