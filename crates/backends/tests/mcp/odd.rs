//! Every way of misbehaving works or ends in a clear error; none hangs, none hides good tools.

use std::time::Duration;

use jackfield_protocol::event::EventBody;
use jackfield_testkit::mcp::{
    odd::{self, OddHttp},
    server::{Script, SimulatedMcp},
};
use serde_json::json;

use crate::support::{Call, brief, client, local, tool};

/// What becomes of one server: how it connects, what it offers, how a call ends.
async fn look(client: &std::sync::Arc<dyn jackfield_protocol::port::BackendClient>) -> String {
    let report = client.test_connection().await;
    if let Some(failure) = report.failure() {
        return format!("no connection: {}", failure.code);
    }
    let revision =
        report.checks.iter().find(|check| check.name == "protocol").map(|check| check.message.clone());
    let revision: String =
        revision.unwrap_or_default().chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
    let tools = match client.discover_tools().await {
        Ok(tools) => tools,
        Err(failure) => return format!("{revision}; no list: {}", failure.code),
    };
    let bad = tools.iter().filter(|tool| tool.problem.is_some()).count();
    let warned = tools.iter().filter(|tool| !tool.warnings.is_empty()).count();
    let mut told = format!("{revision}; {} tools", tools.len());
    if bad > 0 {
        told += &format!(", {bad} bad");
    }
    if warned > 0 {
        told += &format!(", {warned} warned");
    }
    let Some(tool) = tools.iter().find(|tool| tool.problem.is_none()) else { return told };
    let mut call = Call::new(client, tool.clone(), json!({}));
    let end = call.run().await;
    let text: String = call.text().chars().take(20).collect();
    let errors = call.events.iter().filter_map(|event| match event {
        EventBody::Error(error) => Some(error.code.to_string()),
        _ => None,
    });
    let errors: Vec<String> = errors.collect();
    let raw = call.events.iter().filter(|event| matches!(event, EventBody::Raw(_))).count();
    told += &format!("; {}", brief(&end));
    if !text.is_empty() {
        told += &format!(" '{}'", text.replace('\n', "|"));
    }
    if !errors.is_empty() {
        told += &format!(" {}", errors.join(" "));
    }
    if raw > 0 {
        told += &format!(" {raw} raw");
    }
    let progress = call.log().lines().filter(|line| line.starts_with('[')).count();
    if progress > 0 {
        let in_order = call.log().lines().enumerate().all(|(n, line)| line.starts_with(&format!("[{n}/")));
        told += &format!(" {progress} steps{}", if in_order { " in order" } else { "" });
    }
    told
}

const LIMIT: Duration = Duration::from_secs(40);

async fn stdio(mode: &str) -> String {
    let program = odd::program().unwrap();
    let client = local(
        program.to_str().unwrap(),
        &[mode],
        json!({"env": {"ODD_MCP_SLOW_MS": "1500"}, "answer_timeout_ms": 8000}),
    );
    tokio::time::timeout(LIMIT, look(&client)).await.unwrap_or_else(|_| "HANGS".to_owned())
}

async fn http(mode: &str) -> String {
    let server = OddHttp::start(mode).await.unwrap();
    let client =
        client(&server.url(), json!({"answer_timeout_ms": 8000, "call_limit_ms": 6000, "sign_in": "off"}));
    tokio::time::timeout(LIMIT, look(&client)).await.unwrap_or_else(|_| "HANGS".to_owned())
}

/// One test for each way, and one that none is forgotten.
macro_rules! ways {
    ($look:ident, $all:expr; $($test:ident: $mode:literal => $expected:literal;)*) => {
        #[test]
        fn none_is_forgotten() {
            let known: Vec<&str> = $all.iter().map(|mode| mode.name).collect();
            assert_eq!(known, [$($mode),*]);
        }

        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            assert_eq!(super::$look($mode).await, $expected);
        })*
    };
}

mod over_stdio {
    ways! { stdio, super::odd::STDIO;
    plain: "plain" => "2025-11-25; 1 tools; succeeded 'ok'";
    silent: "silent" => "2025-11-25; 1 tools; succeeded 'ok'";
    exit: "exit" => "2025-11-25; 1 tools; succeeded 'ok'";
    slowstart: "slowstart" => "2025-11-25; 1 tools; succeeded 'ok'";
    discover_legacy_only: "discover-legacy-only" => "2025-11-25; 1 tools; succeeded 'ok'";
    unsup_legacy_list: "unsup-legacy-list" => "2025-11-25; 1 tools; succeeded 'ok'";
    discover_garbage: "discover-garbage" => "2025-11-25; 1 tools; succeeded 'ok'";
    noise: "noise" => "2025-11-25; 1 tools; succeeded 'ok'";
    future: "future" => "no connection: peer_rejected";
    bad_tool: "bad-tool" => "2025-11-25; 3 tools, 2 bad; succeeded 'ok'";
    bool_schema: "bool-schema" => "2025-11-25; 2 tools; succeeded 'ok'";
    extra_fields: "extra-fields" => "2025-11-25; 1 tools; succeeded 'ok'";
    loop_for_ever: "loop" => "2025-11-25; 1 tools; succeeded 'ok'";
    huge: "huge" => "2025-11-25; 1 tools; succeeded 'ok'";
    stringid: "stringid" => "2025-11-25; 1 tools; succeeded 'ok'";
    unknownid: "unknownid" => "2025-11-25; 1 tools; succeeded 'ok'";
    batch: "batch" => "2025-11-25; 1 tools; succeeded 'ok'";
    multiline: "multiline" => "2025-11-25; 1 tools; succeeded 'ok'";
    noid_error: "noid-error" => "2025-11-25; no list: peer_rejected";
    die: "die" => "2025-11-25; no list: peer_process";
    unknown_content: "unknown-content" => "2025-11-25; 1 tools; succeeded 'ok' 1 raw";
    nocontent: "nocontent" => "2025-11-25; 1 tools; succeeded";
    bad_audio: "bad-audio" => "2025-11-25; 1 tools; succeeded";
    lookalike: "lookalike" => "2025-11-25; 1 tools; succeeded 'ok'";
    lookalike2: "lookalike2" => "2025-11-25; 1 tools; succeeded";
    bignum: "bignum" => "2025-11-25; 1 tools; succeeded 'ok'";
    progress: "progress" => "2025-11-25; 1 tools; succeeded 'ok' 200 steps in order";
    modern: "modern" => "2026-07-28; 1 tools; succeeded 'ok'";
    modern_resulttype: "modern-resulttype" => "2026-07-28; no list: peer_bad_answer";
    modern_push: "modern-push" => "2026-07-28; 1 tools; succeeded 'ok'";
    flood_stdout: "flood-stdout" => "2025-11-25; 1 tools; succeeded 'ok'";
    flood_line: "flood-line" => "2025-11-25; 1 tools; failed peer_answer_too_large";
    flood_stderr: "flood-stderr" => "2025-11-25; 1 tools; succeeded 'ok'";
    many_tools: "many-tools" => "2025-11-25; 20000 tools; succeeded 'ok'";
    many_tools_paged: "many-tools-paged" => "2025-11-25; 20000 tools; succeeded 'ok'";
    endless_pages: "endless-pages" => "2025-11-25; 2000 tools; succeeded 'ok'";
    huge_result: "huge-result" => "2025-11-25; 1 tools; failed peer_answer_too_large";
    bad_schemas: "bad-schemas" => "2025-11-25; 12 tools, 7 bad, 1 warned; succeeded 'ok'";
    cyclic_refs: "cyclic-refs" => "2025-11-25; 4 tools; succeeded 'ok'";
    remote_ref: "remote-ref" => "2025-11-25; 4 tools, 3 bad; succeeded 'ok'";
    deep_schema: "deep-schema" => "2025-11-25; 2 tools, 1 bad; succeeded 'ok'";
    deep_result: "deep-result" => "2025-11-25; 1 tools; succeeded 'ok'";
    duplicate_tools: "duplicate-tools" => "2025-11-25; 2 tools; succeeded 'ok'";
    invalid_utf8: "invalid-utf8" => "2025-11-25; 2 tools; succeeded 'ok ���('";
    early_notifications: "early-notifications" => "2025-11-25; 1 tools; succeeded 'ok'";
    batch_requests: "batch-requests" => "2025-11-25; 1 tools; succeeded 'ok'";
    wrong_id: "wrong-id" => "2025-11-25; no list: peer_no_answer";
    hang_initialize: "hang-initialize" => "no connection: peer_no_answer";
    hang_list: "hang-list" => "2025-11-25; no list: peer_no_answer";
    hang_call: "hang-call" => "2025-11-25; 1 tools; unknown peer_silent";
    stubborn: "stubborn" => "2025-11-25; 1 tools; succeeded 'ok'";
    orphan: "orphan" => "2025-11-25; 1 tools; succeeded 'ok'";
    orphan_group: "orphan-group" => "2025-11-25; 1 tools; succeeded 'ok'";
    exit_message: "exit-message" => "no connection: peer_process";
    half_line: "half-line" => "2025-11-25; no list: peer_no_answer";
    half_line_exit: "half-line-exit" => "2025-11-25; no list: peer_process";
    exit_in_call: "exit-in-call" => "2025-11-25; 1 tools; lost (peer_process)";
    hidden: "hidden" => "2025-11-25; 3 tools, 3 warned; succeeded 'ok'";
    changing: "changing" => "2025-11-25; 1 tools; succeeded 'ok'";
    changing_silently: "changing-silently" => "2025-11-25; 1 tools; succeeded 'ok'";
    not_an_object: "not-an-object" => "2025-11-25; no list: peer_no_answer";
    no_jsonrpc: "no-jsonrpc" => "2025-11-25; 1 tools; succeeded 'ok'";
    result_and_error: "result-and-error" => "2025-11-25; no list: peer_rejected";
    env: "env" => "2025-11-25; 1 tools; succeeded 'ODD_MCP_SLOW_MS=1500'";
    }
}

mod over_http {
    ways! { http, super::odd::HTTP;
    plain: "plain" => "2025-11-25; 1 tools; succeeded 'ok'";
    d400empty: "d400empty" => "2025-11-25; 1 tools; succeeded 'ok'";
    d404html: "d404html" => "2025-11-25; 1 tools; succeeded 'ok'";
    d405: "d405" => "2025-11-25; 1 tools; succeeded 'ok'";
    d406: "d406" => "2025-11-25; 1 tools; succeeded 'ok'";
    d415: "d415" => "2025-11-25; 1 tools; succeeded 'ok'";
    d422: "d422" => "2025-11-25; 1 tools; succeeded 'ok'";
    d500: "d500" => "no connection: peer_failed";
    d501: "d501" => "no connection: peer_failed";
    d503: "d503" => "no connection: peer_failed";
    d200empty: "d200empty" => "2025-11-25; 1 tools; succeeded 'ok'";
    d200html: "d200html" => "2025-11-25; 1 tools; succeeded 'ok'";
    d202: "d202" => "2025-11-25; 1 tools; succeeded 'ok'";
    d401: "d401" => "no connection: peer_unauthorized";
    d403: "d403" => "no connection: peer_unauthorized";
    d302: "d302" => "2025-11-25; 1 tools; succeeded 'ok'";
    dhang: "dhang" => "2025-11-25; 1 tools; succeeded 'ok'";
    didnull: "didnull" => "2025-11-25; 1 tools; succeeded 'ok'";
    d200err: "d200err" => "2025-11-25; 1 tools; succeeded 'ok'";
    c400idnull: "c400idnull" => "2025-11-25; 1 tools; failed peer_rejected";
    c400noid: "c400noid" => "2025-11-25; 1 tools; failed peer_rejected";
    c500: "c500" => "2025-11-25; 1 tools; failed peer_failed";
    c429: "c429" => "2025-11-25; 1 tools; failed peer_rate_limited";
    cssecut: "cssecut" => "2025-11-25; 1 tools; lost (peer_connection_lost) 1 steps";
    cssecrlf: "cssecrlf" => "2025-11-25; 1 tools; succeeded 'ok'";
    cssenoevent: "cssenoevent" => "2025-11-25; 1 tools; succeeded 'ok'";
    cbatch: "cbatch" => "2025-11-25; 1 tools; succeeded 'ok'";
    cslow: "cslow" => "2025-11-25; 1 tools; unknown peer_silent";
    creset: "creset" => "2025-11-25; 1 tools; lost (peer_connection_lost)";
    chalfjson: "chalfjson" => "2025-11-25; 1 tools; lost (peer_connection_lost)";
    cflood: "cflood" => "2025-11-25; 1 tools; unknown peer_silent";
    cfloodcomments: "cfloodcomments" => "2025-11-25; 1 tools; unknown peer_silent";
    cfloodline: "cfloodline" => "2025-11-25; 1 tools; unknown peer_silent";
    chtml: "chtml" => "2025-11-25; 1 tools; failed peer_html";
    credirect: "credirect" => "2025-11-25; 1 tools; failed peer_rejected";
    cgzip: "cgzip" => "2025-11-25; 1 tools; succeeded 'ok'";
    many_tools: "many-tools" => "2025-11-25; 20000 tools; succeeded 'ok'";
    many_tools_paged: "many-tools-paged" => "2025-11-25; 20000 tools; succeeded 'ok'";
    endless_pages: "endless-pages" => "2025-11-25; 2000 tools; succeeded 'ok'";
    loop_for_ever: "loop" => "2025-11-25; 1 tools; succeeded 'ok'";
    huge_result: "huge-result" => "2025-11-25; 1 tools; failed peer_answer_too_large";
    bad_tool: "bad-tool" => "2025-11-25; 3 tools, 2 bad; succeeded 'ok'";
    bad_schemas: "bad-schemas" => "2025-11-25; 12 tools, 7 bad, 1 warned; succeeded 'ok'";
    cyclic_refs: "cyclic-refs" => "2025-11-25; 4 tools; succeeded 'ok'";
    remote_ref: "remote-ref" => "2025-11-25; 4 tools, 3 bad; succeeded 'ok'";
    deep_schema: "deep-schema" => "2025-11-25; 2 tools, 1 bad; succeeded 'ok'";
    deep_result: "deep-result" => "2025-11-25; 1 tools; succeeded 'ok'";
    duplicate_tools: "duplicate-tools" => "2025-11-25; 2 tools; succeeded 'ok'";
    invalid_utf8: "invalid-utf8" => "2025-11-25; 2 tools; succeeded 'ok ���('";
    wrong_id: "wrong-id" => "2025-11-25; no list: peer_bad_answer";
    hang_list: "hang-list" => "2025-11-25; no list: peer_no_answer";
    hang_call: "hang-call" => "2025-11-25; 1 tools; unknown peer_silent";
    hidden: "hidden" => "2025-11-25; 3 tools, 3 warned; succeeded 'ok'";
    changing_silently: "changing-silently" => "2025-11-25; 1 tools; succeeded 'ok'";
    progress: "progress" => "2025-11-25; 1 tools; succeeded 'ok' 200 steps in order";
    unknown_content: "unknown-content" => "2025-11-25; 1 tools; succeeded 'ok' 1 raw";
    bignum: "bignum" => "2025-11-25; 1 tools; succeeded 'ok'";
    }
}

/// A server may say its own environment and whatever it was sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_repeats_of_its_secrets_is_hidden() {
    const CANARY: &str = "canary-\"quoted\"-42";
    let server = SimulatedMcp::start(Script::both()).await.unwrap();
    let secrets = [("header.X-Key".to_owned(), CANARY.to_owned().into())].into_iter().collect();
    let client = crate::support::with(&server.url(), json!({}), secrets);
    let echo = tool(&client, "echo").await;
    let mut call = Call::new(&client, echo, json!({"message": format!("the key is {CANARY}")}));
    let end = call.run().await;
    assert_eq!(brief(&end), "succeeded", "{:#?}", call.events);
    let said = serde_json::to_string(&call.events).unwrap();
    assert!(said.contains("[hidden]") && !said.contains("quoted"), "{said}");
}
