//! What a test can do to a server, over HTTP and to a process.

use std::{process::Stdio, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::Command,
};

use super::{
    super::*,
    client::{Legacy, Modern, read},
};
use crate::replay::{Gate, Pacing};

#[tokio::test]
async fn a_killed_server_comes_back_on_its_port() {
    let mcp = SimulatedMcp::start(Script::both()).await.unwrap();
    let mut client = Legacy::connect(&mcp, Revision::V2025_11_25).await;
    client.call("count", json!({})).await.result();
    mcp.kill();
    mcp.at_most(0).await;
    let message = client.message("ping", json!({}));
    assert!(client.post(&message).send().await.is_err());
    mcp.start_again().await.unwrap();
    let said = client.call("count", json!({})).await;
    assert_eq!((said.status, mcp.effects("count")), (404, 1));
    assert_eq!(
        Modern::to(&mcp).call("count", json!({})).await.result()["content"][0]["text"],
        "call number 2"
    );

    // A tool that kills its server does the same; more than once.
    for _ in 0..2 {
        let modern = Modern::to(&mcp);
        let message = modern.message("tools/call", json!({"name": "die", "arguments": {}}));
        let answer = modern.post(&message, &[]).send().await;
        assert!(answer.is_err(), "{answer:?}");
        mcp.at_most(0).await;
        mcp.start_again().await.unwrap();
    }
    assert_eq!(mcp.calls("die"), 2);
}

#[tokio::test]
async fn a_call_waits_for_gate_and_pace() {
    let mcp = SimulatedMcp::start(Script::modern()).await.unwrap();
    let client = Modern::to(&mcp);
    let held = tokio::spawn(async move { client.call("hold", json!({})).await });
    mcp.until(|mcp| mcp.effects("hold") == 1).await;
    mcp.let_go(1);
    assert_eq!(held.await.unwrap().result()["content"][0]["text"], "let go, call number 1");

    let gate = Gate::new();
    mcp.pace(Some("slow"), Pacing::Gated(gate.clone()));
    let client = Modern::to(&mcp);
    let slow = tokio::spawn(async move { client.call("slow", json!({"steps": 3, "delay_ms": 0})).await });
    gate.let_go(2);
    gate.reached(2).await;
    assert!(!slow.is_finished());
    gate.open();
    assert_eq!(slow.await.unwrap().messages.len(), 4);
    assert_eq!(gate.passed(), 4);
}

#[tokio::test]
async fn own_tools_can_be_added_changed_and_taken_away() {
    let mcp = SimulatedMcp::start(Script::modern()).await.unwrap();
    let client = Modern::to(&mcp);
    mcp.add_tool(json!({"name": "own", "inputSchema": {"type": "object"}}), |call| async move {
        call.progress(json!(1), json!(1), None).await;
        Ok(Reply::text(call.text("word", "none")))
    });
    let said = client.call("own", json!({"word": "w"})).await;
    assert_eq!((said.messages.len(), &said.result()["content"][0]["text"]), (2, &json!("w")));
    mcp.redefine("own", |tool| tool["description"] = "another".into());
    let listed = client.ask("tools/list", json!({})).await.result()["tools"].to_string();
    assert!(listed.contains(r#""description":"another""#));
    mcp.remove_tool("own");
    assert_eq!(client.call("own", json!({})).await.result()["isError"], true);
}

#[tokio::test]
async fn without_a_token_nobody_comes_in() {
    let mut script = Script::modern().with_token("t1");
    if let Some(auth) = &mut script.auth {
        auth.authorization_servers = vec!["http://127.0.0.1:9".to_owned()];
    }
    let mcp = SimulatedMcp::start(script).await.unwrap();
    let client = Modern::to(&mcp);
    let call = |tool: &str| client.message("tools/call", json!({"name": tool, "arguments": {}}));
    let said = read(client.post(&call("count"), &[]).send().await.unwrap()).await;
    let challenge = said.headers["www-authenticate"].to_str().unwrap().to_owned();
    assert_eq!(said.status, 401);
    let metadata = challenge.split("resource_metadata=\"").nth(1).unwrap().trim_end_matches('"').to_owned();
    let document: Value = super::client::http().get(metadata).send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (&document["resource"], &document["authorization_servers"][0]),
        (&json!(mcp.url()), &json!("http://127.0.0.1:9"))
    );
    let with = async |tool: &str, token: &str| {
        let token = format!("Bearer {token}");
        read(client.post(&call(tool), &[("authorization", &token)]).send().await.unwrap()).await
    };
    assert_eq!(with("count", "t1").await.status, 200);
    assert!(
        with("count", "t2").await.headers["www-authenticate"]
            .to_str()
            .unwrap()
            .contains("error=\"invalid_token\"")
    );
    let refused = with("guarded", "t1").await;
    assert_eq!(refused.status, 403);
    let challenge = refused.headers["www-authenticate"].to_str().unwrap();
    assert!(
        challenge.starts_with("Bearer scope=\"mcp:write\"") && challenge.contains("insufficient_scope"),
        "{challenge}"
    );
    mcp.grant("t1", &["mcp:basic", "mcp:write"]);
    assert_eq!(with("guarded", "t1").await.status, 200);
    mcp.revoke("t1");
    assert_eq!((with("count", "t1").await.status, mcp.calls("count")), (401, 1));
    assert!(
        mcp.heard()
            .iter()
            .any(|heard| heard.headers.get("authorization").is_some_and(|value| value == "Bearer t1"))
    );
}

#[tokio::test]
async fn a_process_is_watched_and_steered() {
    let watch = StdioWatch::start().await.unwrap();
    let program = crate::mcp::odd::program().unwrap();
    let start = || {
        Command::new(&program)
            .args(watch.arguments(&["--era", "legacy"]))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    };
    let mut child = start();
    let (mut stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut lines = BufReader::new(stdout).lines();
    for message in [
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25", "capabilities": {}}}),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "hold", "arguments": {}}}),
    ] {
        stdin.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }
    let patience = Duration::from_secs(10);
    tokio::time::timeout(patience, watch.until(|watch| watch.effects("hold") == 1)).await.unwrap();
    assert_eq!(
        (watch.calls("hold"), watch.alive(), watch.heard().len(), watch.heard()[0].rpc()),
        (1, 1, 3, "initialize")
    );
    watch.announce_tools();
    watch.let_go(1);
    let mut said = Vec::new();
    while said.len() < 3 {
        let line = tokio::time::timeout(patience, lines.next_line()).await.unwrap().unwrap().unwrap();
        said.push(serde_json::from_str::<Value>(&line).unwrap());
    }
    assert!(said.iter().any(|message| message["method"] == "notifications/tools/list_changed"));
    assert!(said.iter().any(|message| message["result"]["content"][0]["text"] == "let go, call number 1"));
    watch.say(&json!({"odd": true}));
    assert_eq!(
        tokio::time::timeout(patience, lines.next_line()).await.unwrap().unwrap().unwrap(),
        r#"{"odd":true}"#
    );
    watch.exit(5);
    assert_eq!(child.wait().await.unwrap().code(), Some(5));

    let mut second = start();
    tokio::time::timeout(patience, watch.until(|watch| watch.pids().len() == 2 && watch.pids()[1] != 0))
        .await
        .unwrap();
    #[cfg(target_os = "linux")]
    assert_eq!(processes(&watch.pids()).into_values().filter(|lives| *lives).count(), 1);
    drop(second.stdin.take());
    assert_eq!(second.wait().await.unwrap().code(), Some(0));
    tokio::time::timeout(patience, watch.until(|watch| watch.alive() == 0)).await.unwrap();
}

#[test]
fn options_are_understood_or_refused() {
    let parse =
        |words: &str| StdioOptions::parse(&words.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    assert_eq!(parse("--era modern").unwrap().script, Script::modern());
    let options = parse("--revisions 2024-11-05,2025-11-25 --page-size 2 --control 127.0.0.1:9").unwrap();
    assert_eq!(options.script.revisions, [Revision::V2024_11_05, Revision::V2025_11_25]);
    assert_eq!((options.script.page_size, options.control.map(|address| address.port())), (Some(2), Some(9)));
    for wrong in [
        "--era",
        "--era new",
        "--revisions 1999-01-01",
        "--face everything --revisions 2026-07-28",
        "--no-such x",
    ] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn streams_are_split_and_spoiled_and_breaches_are_told() {
    let mcp = SimulatedMcp::start(Script::modern().with_token("tok-1")).await.unwrap();
    let client = Modern::to(&mcp);
    let message = client.message("tools/call", json!({"name": "narrate", "arguments": {"lines": 2}}));
    let call = async || {
        read(client.post(&message, &[("authorization", "Bearer tok-1")]).send().await.unwrap()).await
    };
    let whole = call().await;
    mcp.split(1);
    let split = call().await;
    assert_eq!((&split.text, split.messages.len()), (&whole.text, 3));
    mcp.spoil(2, b"data: garbage\n\n");
    let spoiled = call().await;
    assert_eq!(spoiled.text.replacen("data: garbage\n\n", "", 1), whole.text);
    assert!(mcp.violations().is_empty(), "{:?}", mcp.violations());

    let url = format!("{}?token=tok-1", mcp.url());
    super::client::http().post(url).body("{}").send().await.unwrap();
    client.post(&message, &[("authorization", "Bearer tok-1"), ("mcp-name", "other")]).send().await.unwrap();
    let told = mcp.violations();
    assert!(told.iter().any(|what| what.contains("a token in the address")), "{told:?}");
    assert!(told.iter().any(|what| what.contains("mcp-name")), "{told:?}");

    let mcp = SimulatedMcp::start(Script::legacy()).await.unwrap();
    let client = Legacy::connect(&mcp, Revision::V2025_11_25).await;
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    assert_eq!(client.post(&ping).send().await.unwrap().status(), 200);
    client.answer(&json!(99), json!({})).await;
    assert_eq!(mcp.violations(), ["an answer to a question that is not open", "the id 1 was used twice"]);
}

#[tokio::test]
async fn the_demo_says_that_it_is_one_and_every_tool_can_be_called() {
    let mcp = SimulatedMcp::demo().await.unwrap();
    let token = format!("Bearer {}", mcp.token().unwrap());
    let client = Modern::to(&mcp);
    let ask = async |method: &str, params: Value| {
        read(client.post(&client.message(method, params), &[("authorization", &token)]).send().await.unwrap())
            .await
    };
    let found = ask("server/discover", json!({})).await;
    assert!(found.result()["instructions"].as_str().unwrap().contains("simulated"));
    let listed = ask("tools/list", json!({})).await;
    let tools = listed.result()["tools"].as_array().unwrap().clone();
    assert_eq!(tools.len(), 20, "{listed:?}");
    for tool in &tools {
        let arguments = match tool["name"].as_str().unwrap() {
            "plan_trip" => json!({"to": "Lisbon", "traveller": {"name": "Ada"}}),
            "draw_chart" => json!({"values": [1, 2, 3]}),
            "get-structured-content" => json!({"location": "Chicago"}),
            "get-annotated-message" => json!({"messageType": "success", "includeImage": true}),
            "simulate-research-query" => json!({"topic": "bees", "steps": 1}),
            "trigger-long-running-operation" => json!({"duration": 0.01, "steps": 2}),
            "echo" => json!({"message": "hi"}),
            "add" => json!({"a": 1, "b": 2}),
            "slow" => json!({"steps": 2, "delay_ms": 1}),
            _ => json!({}),
        };
        let said = ask("tools/call", json!({"name": tool["name"], "arguments": arguments})).await;
        let fails = tool["name"] == "fail";
        assert_eq!(said.result()["isError"] == true, fails, "{said:?}");
        assert!(
            ["complete", "input_required"].contains(&said.result()["resultType"].as_str().unwrap()),
            "{said:?}"
        );
    }
    assert!(mcp.violations().is_empty(), "{:?}", mcp.violations());
}
