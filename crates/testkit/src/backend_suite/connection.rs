//! Looking at a peer: test of the connection, discovery.

use std::time::Duration;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{ConnectionReport, HealthState},
    port::BackendClient,
};

use super::{Bench, Checked, PATIENCE, PeerCase, must};
use crate::replay::{Answer, ReplayServer};

async fn test(
    bench: &dyn Bench,
    resolved: jackfield_protocol::port::ResolvedBackend,
) -> Result<ConnectionReport, String> {
    let client = bench.factory().build(resolved).map_err(|failure| failure.to_string())?;
    let report = tokio::time::timeout(PATIENCE, client.test_connection()).await;
    report.map_err(|_| "the test of the connection does not end".to_owned())
}

/// The state, and the code of the first failed check, which has to come with a hint.
fn verdict(report: &ConnectionReport) -> Result<(HealthState, Option<ErrorCode>), String> {
    must(!report.checks.is_empty(), || "no check is reported".to_owned())?;
    if let Some(failure) = report.failure() {
        must(failure.hint.is_some(), || format!("no hint: {failure:?}"))?;
    }
    Ok((report.state, report.failure().map(|failure| failure.code)))
}

pub(super) async fn tells_what_is_there(bench: &dyn Bench) -> Checked {
    let peer = bench.peer().await?;
    let report = test(bench, peer.resolved()).await?;
    must(matches!(report.state, HealthState::Connected | HealthState::Degraded), || format!("{report:?}"))?;
    must(report.failure().is_none(), || format!("{report:?}"))?;
    must(report.latency_ms.is_some(), || "no latency".to_owned())?;
    let counts = bench.offers_tools() || report.workflows.is_some_and(|count| count > 0);
    must(counts, || format!("{:?} workflows", report.workflows))?;
    must(peer.violations().is_empty(), || peer.violations().join(", "))
}

pub(super) async fn tells_a_wrong_key(bench: &dyn Bench) -> Checked {
    let peer = bench.peer().await?;
    let report = test(bench, peer.with_wrong_key()).await?;
    let expected = (HealthState::Unauthorized, Some(ErrorCode::PeerUnauthorized));
    must(verdict(&report)? == expected, || format!("{report:?}"))
}

pub(super) async fn tells_that_nobody_is_there(bench: &dyn Bench) -> Checked {
    let peer = bench.peer().await?;
    let resolved = peer.resolved();
    drop(peer);
    refused(&resolved.base_url).await?;
    let report = test(bench, resolved).await?;
    let expected = (HealthState::Unreachable, Some(ErrorCode::PeerUnreachable));
    must(verdict(&report)? == expected, || format!("{report:?}"))
}

/// Waits until connections are refused: one that the closing port still took may carry the request away with it.
pub(super) async fn refused(base_url: &str) -> Checked {
    let address = base_url.split('/').nth(2).ok_or("no address")?.to_owned();
    let refuses = async {
        while tokio::net::TcpStream::connect(&address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, refuses).await.map_err(|_| format!("{address} still takes connections"))
}

pub(super) async fn tells_a_web_page(bench: &dyn Bench) -> Checked {
    for status in [200, 404, 502] {
        let server = ReplayServer::start().await.map_err(|error| error.to_string())?;
        server.on("*", "*", Answer::html(status, "Some Proxy"));
        let report = test(bench, bench.at(&server.base_url())).await?;
        let (state, code) = verdict(&report)?;
        must(!matches!(state, HealthState::Connected | HealthState::Degraded), || {
            format!("{status}: {report:?}")
        })?;
        must(matches!(code, Some(ErrorCode::PeerHtml | ErrorCode::PeerNotPlatform)), || {
            format!("{status}: {report:?}")
        })?;
    }
    Ok(())
}

pub(super) async fn survives_garbage(bench: &dyn Bench) -> Checked {
    for body in [&b"\0\xff\xfe"[..], b"{", b"[]", b"null", b"\"text\"", b""] {
        let server = ReplayServer::start().await.map_err(|error| error.to_string())?;
        server.on("*", "*", Answer::new(200, "application/json", body.to_vec()));
        let report = test(bench, bench.at(&server.base_url())).await?;
        let (state, code) = verdict(&report)?;
        must(state != HealthState::Connected && code.is_some(), || format!("{body:?}: {report:?}"))?;
        let client =
            bench.factory().build(bench.at(&server.base_url())).map_err(|failure| failure.to_string())?;
        let found = tokio::time::timeout(PATIENCE, discover(bench, client.as_ref())).await;
        let found = found.map_err(|_| format!("{body:?}: discovery does not end"))?;
        must(found.is_err(), || format!("{body:?}: discovery found {found:?}"))?;
    }
    Ok(())
}

pub(super) async fn keeps_the_key_to_itself(bench: &dyn Bench) -> Checked {
    for status in [200, 400, 401, 403, 404, 409, 429, 500, 503] {
        let server = ReplayServer::start().await.map_err(|error| error.to_string())?;
        let resolved = bench.at(&server.base_url());
        let key = bench.key(&resolved);
        must(!key.is_empty(), || "the bench has no key".to_owned())?;
        let words = format!("The key {key} is not known");
        let body = serde_json::json!({"message": words, "error": words, "status": words, "version": words, "data": words});
        server.on("*", "*", Answer::json(status, &body));
        let client = bench.factory().build(resolved).map_err(|failure| failure.to_string())?;
        let tested = tokio::time::timeout(PATIENCE, client.test_connection()).await;
        let found = tokio::time::timeout(PATIENCE, discover(bench, client.as_ref())).await;
        let said = format!("{tested:?} {found:?}");
        must(
            server
                .requests()
                .iter()
                .any(|request| request.headers.iter().any(|(_, value)| value.contains(&key))),
            || format!("{status}: the key was not sent, so this tells nothing"),
        )?;
        must(!said.contains(&key), || format!("{status}: the key came out: {said}"))?;
    }
    Ok(())
}

/// What can be run there, workflows or tools, as text.
async fn discover(bench: &dyn Bench, client: &dyn BackendClient) -> Result<String, Failure> {
    Ok(if bench.offers_tools() {
        format!("{:?}", client.discover_tools().await?)
    } else {
        format!("{:?}", client.discover_workflows().await?)
    })
}

pub(super) async fn discovers_the_same_twice(bench: &dyn Bench) -> Checked {
    let peer = bench.peer().await?;
    let client = bench.factory().build(peer.resolved()).map_err(|failure| failure.to_string())?;
    if bench.offers_tools() {
        return finds_the_same_tools_twice(client.as_ref(), &peer.cases()).await;
    }
    let first = client.discover_workflows().await.map_err(|failure| failure.to_string())?;
    let second = client.discover_workflows().await.map_err(|failure| failure.to_string())?;
    must(first == second, || "two discoveries differ".to_owned())?;
    for case in peer.cases() {
        let Some(workflow) = first.iter().find(|workflow| workflow.external_id == case.workflow) else {
            return Err(format!("{}: not discovered", case.name));
        };
        must(workflow.runnable, || format!("{}: not runnable: {:?}", case.name, workflow.reason))?;
        must(!workflow.name.is_empty(), || format!("{}: no name", case.name))?;
    }
    for workflow in first.iter().filter(|workflow| !workflow.runnable) {
        let said = workflow.reason.is_some() || workflow.entries.iter().any(|entry| entry.reason.is_some());
        must(said, || format!("{}: not runnable, and nobody says why", workflow.name))?;
    }
    Ok(())
}

async fn finds_the_same_tools_twice(client: &dyn BackendClient, cases: &[PeerCase]) -> Checked {
    let first = client.discover_tools().await.map_err(|failure| failure.to_string())?;
    let second = client.discover_tools().await.map_err(|failure| failure.to_string())?;
    must(first == second, || "two discoveries differ".to_owned())?;
    for case in cases {
        let Some(tool) = first.iter().find(|tool| Some(&tool.name) == case.tool.as_ref()) else {
            return Err(format!("{}: not discovered", case.name));
        };
        must(tool.problem.is_none(), || format!("{}: cannot be called: {:?}", case.name, tool.problem))?;
        must(tool.input_schema.is_object(), || format!("{}: no schema", case.name))?;
    }
    for tool in &first {
        must(tool.fingerprint.len() == 64, || format!("{}: fingerprint {:?}", tool.name, tool.fingerprint))?;
        must(tool.definition["name"] == tool.name.as_str(), || format!("{}: another definition", tool.name))?;
    }
    Ok(())
}
