//! The connection test: looks, and runs nothing.

use std::time::Instant;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{ConnectionReport, HealthState},
};
use reqwest::Method;
use serde_json::Value;

use super::{
    api::Api,
    error::{KEY_HINT, refused},
    options::Face,
};
use crate::{
    checks::{Checks, REACHABLE},
    transport::SendFault,
};

/// Tests a connection, check by check.
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
        if api.config.has_key() {
            with_key(api, &mut checks, &mut report).await;
        } else {
            without_key(api, &mut checks, &mut report);
        }
    }
    report.state = checks.state();
    report.checks = checks.into_list();
    report
}

/// `GET /api/health` gives a status and a time, and needs no key.
async fn reach(api: &Api, checks: &mut Checks, report: &mut ConnectionReport) {
    let began = Instant::now();
    let sent = api.transport.send(api.transport.request(Method::GET, api.config.url("api/health"))).await;
    let response = match sent {
        Ok(response) => response,
        Err(fault) => return checks.failed(REACHABLE, SendFault::into_failure(fault)),
    };
    let answer = crate::transport::answer(response, 1024 * 1024, api.transport.silence).await;
    report.latency_ms = u64::try_from(began.elapsed().as_millis()).ok();
    match answer {
        // Older versions have no such call, but answer in JSON.
        Ok(answer)
            if answer.value["status"].is_string() || (answer.status == 404 && answer.value.is_object()) =>
        {
            checks.passed(REACHABLE, "Sim answers.");
        }
        Ok(answer) => {
            let message = format!("Something answers there (status {}), but not as Sim does.", answer.status);
            checks.failed(
                REACHABLE,
                Failure::new(ErrorCode::PeerNotPlatform, message)
                    .status(answer.status)
                    .hint("Check the base URL: it is the address that you open Sim with in the browser."),
            );
        }
        Err(failure) => checks.failed(REACHABLE, failure.hint("Check what answers at this address.")),
    }
}

fn without_key(api: &Api, checks: &mut Checks, report: &mut ConnectionReport) {
    let count = api.config.options.workflows.len() + api.config.options.chats.len();
    let costs =
        "No API key is stored: workflows cannot be listed, runs not be looked up, and steps not be shown.";
    let failure = Failure::new(ErrorCode::PeerUnauthorized, costs);
    if count == 0 {
        let hint = format!("{KEY_HINT} Or name public workflows or deployed chats in the options.");
        return checks.failed("api_key", failure.hint(hint));
    }
    report.workflows = u64::try_from(count).ok();
    checks.warning("api_key", failure.hint(KEY_HINT));
}

async fn with_key(api: &Api, checks: &mut Checks, report: &mut ConnectionReport) {
    match api.face().await {
        Ok(Face::V2) => {
            report.version = Some("0.8 or later".to_owned());
            checks.passed("interface", "Sim's v2 interface is switched on.");
        }
        Ok(Face::Legacy) => {
            checks.passed("interface", "Sim's older interface is used; v2 is off or not there.")
        }
        Err(failure) => return checks.failed("api_key", failure),
    }
    let workspace = match api.workspace().await {
        Ok(workspace) => workspace,
        Err(failure) if failure.code == ErrorCode::PeerUnauthorized => {
            return checks.failed("api_key", failure);
        }
        Err(failure) => return checks.failed("workspace", failure),
    };
    match api
        .get(&format!(
            "api/v1/workflows?workspaceId={}&deployedOnly=true&limit=100",
            super::api::encode(&workspace)
        ))
        .await
    {
        Ok(answer) if answer.is_success() && answer.value["data"].is_array() => {
            let count = answer.value["data"].as_array().map_or(0, Vec::len);
            report.workflows = u64::try_from(count).ok();
            checks.passed("api_key", "Sim accepts the key.");
            let more = if answer.value["nextCursor"].is_string() { " or more" } else { "" };
            checks
                .passed("workspace", format!("{count}{more} deployed workflows can be seen with this key."));
            limits(api, checks).await;
        }
        Ok(answer) if answer.status == 404 => checks.failed(
            "version",
            Failure::new(
                ErrorCode::PeerTooOld,
                "This Sim has no list of workflows: it is older than 0.5.64.",
            )
            .hint("Update Sim to 0.7.46 or later."),
        ),
        Ok(answer) => {
            let failure = refused(&answer);
            let name = if failure.code == ErrorCode::PeerUnauthorized { "api_key" } else { "workspace" };
            checks.failed(name, failure);
        }
        Err(failure) => checks.failed("workspace", failure),
    }
}

/// Usage and rate limits, as Sim tells them; a limit that is reached keeps runs from starting.
async fn limits(api: &Api, checks: &mut Checks) {
    let name = "limits";
    let value = match api.must("api/users/me/usage-limits").await {
        Ok(value) => value,
        Err(failure) => {
            return checks.skipped(name, format!("Sim does not tell usage and limits: {failure}"));
        }
    };
    let usage = &value["usage"];
    let number = |value: &Value| value.as_f64();
    let plan = usage["plan"].as_str().unwrap_or("unknown");
    let per_minute = |kind: &str| value["rateLimit"][kind]["requestsPerMinute"].as_u64();
    let rate = match (per_minute("sync"), per_minute("async")) {
        (Some(sync), Some(asynchronous)) if sync < 999_999 => {
            format!("{sync} live and {asynchronous} durable runs a minute")
        }
        _ => "no limit of runs a minute".to_owned(),
    };
    let (spent, most) = (number(&usage["currentPeriodCost"]), number(&usage["limit"]));
    if let (Some(spent), Some(most)) = (spent, most)
        && spent >= most
    {
        let message = format!("The usage limit is reached: {spent:.2} of {most:.2} USD (plan {plan}).");
        let failure = Failure::new(ErrorCode::PeerRejected, message).hint("Raise the limit in Sim.");
        return checks.warning(name, failure);
    }
    let spent = spent.map_or_else(String::new, |spent| format!(", {spent:.2} USD spent in this period"));
    checks.passed(name, format!("Plan {plan}, {rate}{spent}."));
}
