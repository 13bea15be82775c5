//! The test of a connection: looks without touching, runs nothing, and names each thing that is wrong.

use std::time::Instant;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{ConnectionReport, HealthState},
};
use reqwest::Method;

use super::{
    api::{Api, TextFault, at_least},
    error::{key_hint, not_understood, refused},
};
use crate::checks::{Checks, REACHABLE};
use crate::transport::{html_failure, looks_like_html};

/// The oldest version that streams as this client understands it.
const OLDEST: [u64; 3] = [2, 1, 0];

/// Tests a connection; each request is bounded by the connect, first-byte and silence deadlines.
pub(crate) async fn test(api: &Api) -> ConnectionReport {
    let mut checks = Checks::default();
    let mut report = ConnectionReport {
        state: HealthState::Unreachable,
        latency_ms: None,
        version: None,
        workflows: None,
        checks: Vec::new(),
    };
    reach(api, &mut checks, &mut report).await;
    if !checks.has_failed() {
        version(api, &mut checks, &mut report).await;
    }
    if !checks.has_failed() {
        if api.config.has_key() {
            with_key(api, &mut checks, &mut report).await;
        } else {
            without_key(api, &mut checks, &mut report).await;
        }
    }
    report.state = checks.state();
    report.checks = checks.into_list();
    report
}

async fn reach(api: &Api, checks: &mut Checks, report: &mut ConnectionReport) {
    let began = Instant::now();
    let ping = api.text("ping").await;
    let latency = u64::try_from(began.elapsed().as_millis()).ok();
    let failure = match ping {
        Ok((200, text)) if text.trim() == "pong" => {
            report.latency_ms = latency;
            checks.passed(REACHABLE, "Flowise answers.");
            return;
        }
        Ok((status, text)) if looks_like_html(text.as_bytes()) => {
            super::error::explain(html_failure(status, text.as_bytes()))
        }
        Ok((status, _)) => {
            let message = format!("Something answers there (status {status}), but not as Flowise does.");
            Failure::new(ErrorCode::PeerNotPlatform, message)
                .status(status)
                .hint("Check the base URL: it is the address that you open Flowise with in the browser.")
        }
        Err(TextFault::Send(fault)) => {
            checks.failed(REACHABLE, fault.into_failure());
            return;
        }
        Err(TextFault::Body(failure)) => failure.hint("Check what answers at this address."),
    };
    report.latency_ms = latency;
    checks.failed(REACHABLE, failure);
}

async fn version(api: &Api, checks: &mut Checks, report: &mut ConnectionReport) {
    report.version = api.version().await;
    let Some(version) = &report.version else {
        return checks.skipped("version", "Flowise does not tell its version.");
    };
    let old = |message: String| {
        Failure::new(ErrorCode::PeerTooOld, message).hint("3.1.2 or later shows and recovers the most.")
    };
    if !at_least(version, OLDEST) {
        checks.failed(
            "version",
            old(format!("Flowise {version} streams over socket.io, which Jackfield does not speak.")),
        );
    } else if !at_least(version, [3, 0, 0]) {
        checks.warning(
            "version",
            old(format!(
                "Flowise {version} has no executions: failed runs leave no trace, and sends no heartbeats."
            )),
        );
    } else if !at_least(version, [3, 1, 2]) {
        checks.warning(
            "version",
            old(format!("Flowise {version} sends no heartbeats: a dead connection is noticed late.")),
        );
    } else {
        checks.passed("version", format!("Flowise {version}."));
    }
}

/// Runs work without a key; what is missing is said.
async fn without_key(api: &Api, checks: &mut Checks, report: &mut ConnectionReport) {
    let costs = "No API key is stored: flows cannot be listed, and lost runs cannot be recovered.";
    let failure = Failure::new(ErrorCode::PeerUnauthorized, costs).hint(key_hint());
    let flows = &api.config.options.flows;
    if flows.is_empty() {
        let hint = format!(
            "{} Or give the address of one flow as base URL, or flow ids as the option `flows`.",
            key_hint()
        );
        return checks.failed("api_key", failure.hint(hint));
    }
    checks.warning("api_key", failure);
    report.workflows = u64::try_from(flows.len()).ok();
    for flow in flows {
        let name = format!("flow {flow}");
        match api.streams(flow).await {
            Ok(_) => checks.passed(&name, "Flowise has it."),
            Err(failure) if failure.peer_status.is_some() => {
                let message = format!("Flowise does not have the flow {flow}.");
                let missing = Failure::new(ErrorCode::PeerEntryNotFound, message);
                checks.failed(&name, missing.hint("Copy the id from the address of the flow's canvas."));
            }
            Err(failure) => checks.failed(&name, failure),
        }
    }
}

async fn with_key(api: &Api, checks: &mut Checks, report: &mut ConnectionReport) {
    match api.flow_page(1, 1).await {
        Ok((rows, total)) => {
            let count = total.unwrap_or(rows.len() as u64);
            report.workflows = Some(count);
            checks.passed("api_key", "Flowise accepts the key.");
            checks.passed("flows", format!("{count} flows can be seen with this key."));
        }
        Err(failure) if failure.code == ErrorCode::PeerScopeMissing => {
            checks.passed("api_key", "Flowise accepts the key.");
            checks.failed("permission chatflows:view", failure);
            return;
        }
        Err(failure) => return checks.failed("api_key", failure),
    }
    executions(api, checks).await;
}

/// Executions are there since 3.0; they are what agentflows are recovered from.
async fn executions(api: &Api, checks: &mut Checks) {
    let name = "permission executions:view";
    match api.json(Method::GET, "executions?page=1&limit=1", true).await {
        Ok(answer) if answer.is_success() && answer.value["data"].is_array() => {
            checks.passed(name, "The key has it.");
        }
        Ok(answer) if answer.status == 403 => {
            let message = "The key lacks the permission executions:view: failures of lost agentflows cannot be told, and steps not completed.";
            checks.warning(name, Failure::new(ErrorCode::PeerScopeMissing, message).hint(key_hint()));
        }
        Ok(answer) if answer.is_success() => checks.warning(name, not_understood("list of executions")),
        Ok(answer) => checks.warning(name, refused(&answer, "executions:view")),
        // 2.x answers with its editor's page: it has none.
        Err(failure) if failure.code == ErrorCode::PeerHtml => {
            checks.skipped(name, "This version has no executions.")
        }
        Err(failure) => checks.warning(name, failure),
    }
}
