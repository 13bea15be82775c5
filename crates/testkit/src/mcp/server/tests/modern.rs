//! 2026-07-28.

use serde_json::{Map, Value, json};

use super::{
    super::*,
    client::{Legacy, Modern, read},
};

#[tokio::test]
async fn both_eras_live_side_by_side() {
    let mcp = SimulatedMcp::start(Script::both()).await.unwrap();
    let found = Modern::to(&mcp).ask("server/discover", json!({})).await;
    assert_eq!((found.status, &found.result()["supportedVersions"]), (200, &json!(["2026-07-28"])));
    let mut old = Legacy::connect(&mcp, Revision::V2024_11_05).await;
    old.call("count", json!({})).await.result();
    let said = Modern::to(&mcp).call("count", json!({})).await;
    assert_eq!(said.result()["content"][0]["text"], "call number 2");
    assert_eq!(mcp.sessions(), 1);

    let only = SimulatedMcp::start(Script::modern()).await.unwrap();
    let client = Modern::to(&only);
    let initialize =
        client.message("initialize", json!({"protocolVersion": "2025-11-25", "capabilities": {}}));
    let said = read(client.post(&initialize, &[]).send().await.unwrap()).await;
    assert_eq!((said.status, said.code()), (404, -32601));
    let old = SimulatedMcp::start(Script::legacy()).await.unwrap();
    let said = Modern::to(&old).ask("server/discover", json!({})).await;
    assert_eq!(said.status, 400, "{said:?}");
}

#[tokio::test]
async fn headers_have_to_repeat_the_body() {
    let mcp = SimulatedMcp::start(Script::modern()).await.unwrap();
    let client = Modern::to(&mcp);
    let message = client.message(
        "tools/call",
        json!({"name": "query_region", "arguments": {"region": "Zürich", "limit": 3}}),
    );
    let region = ("mcp-param-region", "=?base64?WsO8cmljaA==?=");
    let right = [region, ("mcp-param-limit", "3")];
    assert_eq!(client.post(&message, &right).send().await.unwrap().status(), 200);
    for wrong in [
        vec![],
        vec![region],
        vec![("mcp-param-region", "Bern"), ("mcp-param-limit", "3")],
        [&right[..], &[("mcp-name", "other")]].concat(),
        [&right[..], &[("mcp-name", "")]].concat(),
        [&right[..], &[("mcp-method", "tools/list")]].concat(),
        [&right[..], &[("mcp-protocol-version", "2025-11-25")]].concat(),
        [&right[..], &[("mcp-protocol-version", "")]].concat(),
    ] {
        let said = read(client.post(&message, &wrong).send().await.unwrap()).await;
        assert_eq!((said.status, said.code()), (400, -32020), "{wrong:?}");
    }
    let null = client
        .message("tools/call", json!({"name": "query_region", "arguments": {"region": "x", "limit": null}}));
    assert_eq!(client.post(&null, &[("mcp-param-region", "x")]).send().await.unwrap().status(), 200);
    assert_eq!(mcp.calls("query_region"), 2);
}

#[tokio::test]
async fn refusals_have_their_codes() {
    let mcp = SimulatedMcp::start(Script::modern()).await.unwrap();
    let mut client = Modern::to(&mcp);
    for (change, code) in [
        ("io.modelcontextprotocol/protocolVersion", -32602),
        ("io.modelcontextprotocol/clientCapabilities", -32602),
    ] {
        let mut message = client.message("tools/list", json!({}));
        message["params"]["_meta"].as_object_mut().unwrap().shift_remove(change);
        let said = read(client.post(&message, &[]).send().await.unwrap()).await;
        assert_eq!((said.status, said.code()), (400, code), "{change}");
    }
    let mut message = client.message("tools/list", json!({}));
    message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2027-01-01".into();
    let said =
        read(client.post(&message, &[("mcp-protocol-version", "2027-01-01")]).send().await.unwrap()).await;
    assert_eq!((said.status, said.code()), (400, -32022));
    assert_eq!(said.last()["error"]["data"], json!({"supported": ["2026-07-28"], "requested": "2027-01-01"}));
    for gone in ["ping", "logging/setLevel", "resources/subscribe", "no/such"] {
        let said = client.ask(gone, json!({})).await;
        assert_eq!((said.status, said.code()), (404, -32601), "{gone}");
    }
    client.capabilities = json!({});
    let said = client.call("ask_url", json!({})).await;
    assert_eq!((said.status, said.code()), (400, -32021));
    assert_eq!(said.last()["error"]["data"]["requiredCapabilities"], json!({"elicitation": {}}));
    assert_eq!(client.ask("resources/read", json!({"uri": "lab://none"})).await.code(), -32602);
}

#[tokio::test]
async fn who_leaves_cancels() {
    let mcp = SimulatedMcp::start(Script::modern()).await.unwrap();
    let client = Modern::to(&mcp);
    let message = client.message("tools/call", json!({"name": "hold", "arguments": {}}));
    let answer = client.post(&message, &[]).send().await.unwrap();
    mcp.until(|mcp| mcp.effects("hold") == 1).await;
    assert_eq!(mcp.cancelled("hold"), 0);
    drop(answer);
    mcp.until(|mcp| mcp.cancelled("hold") == 1).await;
}

/// Answers rounds until there is a result; gives it and how many rounds it took.
async fn rounds(client: &Modern, method: &str, params: Value) -> (Value, usize) {
    let mut asked = params.clone();
    for round in 0..5 {
        let said = client.ask(method, asked.clone()).await;
        if said.result()["resultType"] == "complete" {
            return (said.result().clone(), round);
        }
        assert_eq!(said.result()["resultType"], "input_required");
        asked = params.clone();
        let questions = said.result()["inputRequests"].as_object().cloned().unwrap_or_default();
        let answers: Map<String, Value> = questions
            .into_iter()
            .map(|(key, question)| {
                let answer = match question["method"].as_str().unwrap() {
                    "elicitation/create" => json!({"action": "accept", "content": {"value": key, "name": "Ada"}}),
                    "roots/list" => json!({"roots": []}),
                    _ => json!({"role": "assistant", "content": {"type": "text", "text": "word"}, "model": "m"}),
                };
                (key, answer)
            })
            .collect();
        if !answers.is_empty() {
            asked["inputResponses"] = answers.into();
        }
        if let Some(state) = said.result().get("requestState") {
            asked["requestState"] = state.clone();
        }
    }
    panic!("no end of rounds");
}

#[tokio::test]
async fn questions_are_asked_in_rounds() {
    let mcp = SimulatedMcp::start(Script::modern()).await.unwrap();
    let client = Modern::to(&mcp);
    for (tool, count, expected) in [
        ("ask_name", 1, "accept"),
        ("ask_twice", 2, "\"first\" then \"second\""),
        ("ask_all", 1, "word"),
        ("ask_stateless", 1, "only"),
        ("wait_with_state", 1, "came back"),
        ("ask_url", 1, "accept"),
        ("trigger-elicitation-request", 1, "Ada"),
    ] {
        let (result, took) = rounds(&client, "tools/call", json!({"name": tool, "arguments": {}})).await;
        assert_eq!((took, mcp.calls(tool)), (count, 1), "{tool}");
        assert!(result["content"].to_string().replace('\\', "").contains(expected), "{tool}: {result}");
    }
    let (result, took) = rounds(&client, "prompts/get", json!({"name": "ask_first"})).await;
    assert_eq!((took, &result["messages"][0]["content"]["text"]), (1, &json!("This is for \"Ada\".")));
    let stateless = client.call("ask_stateless", json!({})).await;
    assert!(stateless.result().get("requestState").is_none());
    let tampered = json!({"name": "ask_twice", "arguments": {}, "requestState": "v1.eyJmb3IiOiJvdGhlciJ9"});
    assert_eq!(client.ask("tools/call", tampered).await.code(), -32602);
}

#[tokio::test]
async fn subscriptions_say_what_they_honour_and_end_with_a_result() {
    let mcp = SimulatedMcp::start(Script::modern()).await.unwrap();
    let client = Modern::to(&mcp);
    let wishes = json!({"notifications": {"toolsListChanged": true, "resourceSubscriptions": ["lab://counter"], "unknown": true}});
    let message = client.message("subscriptions/listen", wishes);
    let stream = client.post(&message, &[]).send().await.unwrap();
    mcp.until(|mcp| mcp.subscriptions() == 1).await;
    client.call("bump", json!({})).await.result();
    client.call("grow", json!({})).await.result();
    mcp.announce_offers();
    mcp.announce_resource("lab://fixed");
    mcp.end_subscriptions();
    let said = read(stream).await;
    let id = json!({"io.modelcontextprotocol/subscriptionId": 1});
    let methods: Vec<&Value> = said.messages.iter().map(|message| &message["method"]).collect();
    assert_eq!(
        methods,
        [
            &json!("notifications/subscriptions/acknowledged"),
            &json!("notifications/resources/updated"),
            &json!("notifications/tools/list_changed"),
            &Value::Null
        ]
    );
    assert_eq!(
        said.messages[0]["params"]["notifications"],
        json!({"toolsListChanged": true, "resourceSubscriptions": ["lab://counter"]})
    );
    assert!(said.messages[..3].iter().all(|message| message["params"]["_meta"] == id));
    assert_eq!(said.result()["_meta"], id);
    mcp.until(|mcp| mcp.subscriptions() == 0).await;
    // One that is left ends by itself.
    let stream = client.post(&message, &[]).send().await.unwrap();
    mcp.until(|mcp| mcp.subscriptions() == 1).await;
    drop(stream);
    mcp.until(|mcp| mcp.subscriptions() == 0).await;
}

#[tokio::test]
async fn tasks_are_an_extension() {
    let mcp = SimulatedMcp::start(Script::modern()).await.unwrap();
    let mut client = Modern::to(&mcp);
    assert_eq!(client.call("research", json!({"topic": "x"})).await.result()["resultType"], "complete");
    client.capabilities["extensions"] = json!({"io.modelcontextprotocol/tasks": {}});
    let task = client.call("research", json!({"topic": "x", "ambiguous": true})).await.result().clone();
    assert_eq!((&task["resultType"], &task["status"]), (&json!("task"), &json!("working")));
    let id = json!({"taskId": task["taskId"]});
    let asking = loop {
        let seen = client.ask("tasks/get", id.clone()).await.result().clone();
        assert_eq!(seen["resultType"], "complete");
        if seen["status"] == "input_required" {
            break seen;
        }
    };
    assert_eq!(asking["inputRequests"]["meaning"]["method"], "elicitation/create");
    let mut update = id.clone();
    update["inputResponses"] =
        json!({"meaning": {"action": "accept", "content": {"value": "v"}}, "unknown": 1});
    assert_eq!(client.ask("tasks/update", update).await.result()["resultType"], "complete");
    let done = loop {
        let seen = client.ask("tasks/get", id.clone()).await.result().clone();
        if seen["status"] == "completed" {
            break seen;
        }
    };
    assert_eq!(done["result"]["content"][0]["text"], "Research report on x.");
    assert_eq!(mcp.calls("research"), 2);
    assert_eq!(client.ask("tasks/list", json!({})).await.code(), -32602);

    let task = client.call("research", json!({"topic": "x", "steps": 1000})).await.result().clone();
    let id = json!({"taskId": task["taskId"]});
    client.ask("tasks/cancel", id.clone()).await.result();
    assert_eq!(client.ask("tasks/get", id).await.result()["status"], "cancelled");
    mcp.until(|mcp| mcp.cancelled("research") == 1).await;
}

#[tokio::test]
async fn log_lines_come_only_when_they_are_wanted() {
    let mcp = SimulatedMcp::start(Script::modern()).await.unwrap();
    let mut client = Modern::to(&mcp);
    assert_eq!(client.call("log_levels", json!({})).await.messages.len(), 1);
    client.log_level = Some("error");
    assert_eq!(client.call("log_levels", json!({})).await.messages.len(), 5);
}

#[tokio::test]
async fn lists_have_pages_and_offers_can_be_used() {
    let mcp =
        SimulatedMcp::start(Script { page_size: Some(10), ttl_ms: 1000, ..Script::modern() }).await.unwrap();
    let client = Modern::to(&mcp);
    let (mut names, mut cursor) = (Vec::new(), None::<Value>);
    loop {
        let page =
            client.ask("tools/list", cursor.map_or(json!({}), |cursor| json!({ "cursor": cursor }))).await;
        assert_eq!(
            (&page.result()["ttlMs"], &page.result()["cacheScope"]),
            (&json!(1000), &json!("private"))
        );
        names.extend(
            page.result()["tools"]
                .as_array()
                .unwrap()
                .iter()
                .map(|tool| tool["name"].as_str().unwrap().to_owned()),
        );
        cursor = page.result().get("nextCursor").cloned();
        if cursor.is_none() {
            break;
        }
    }
    let all = names.len();
    names.sort();
    names.dedup();
    assert!(names.len() == all && all > 30, "{all}: {names:?}");
    let picture = client.ask("resources/read", json!({"uri": "lab://picture"})).await;
    assert!(picture.result()["contents"][0]["blob"].is_string());
    assert_eq!(
        client.ask("resources/read", json!({"uri": "lab://note/7"})).await.result()["contents"][0]["text"],
        "note 7"
    );
    assert_eq!(
        client.ask("resources/templates/list", json!({})).await.result()["resourceTemplates"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    let greeted = client.ask("prompts/get", json!({"name": "greet", "arguments": {"name": "Ada"}})).await;
    assert_eq!(greeted.result()["messages"][0]["content"]["text"], "Say hello to Ada.");
    assert_eq!(client.ask("prompts/get", json!({"name": "greet"})).await.code(), -32602);
    let numbers = json!({"ref": {"type": "ref/resource", "uri": "lab://note/{n}"}, "argument": {"name": "n", "value": "1"}});
    let completed = client.ask("completion/complete", numbers).await.result()["completion"].clone();
    assert_eq!(
        (completed["values"].as_array().map(Vec::len), &completed["total"], &completed["hasMore"]),
        (Some(100), &json!(111), &json!(true))
    );
}
