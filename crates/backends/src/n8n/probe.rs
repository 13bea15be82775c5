//! The test of a connection: looks without touching, calls no webhook, and names each thing that is wrong.

use std::time::Instant;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{ConnectionReport, HealthState},
};
use reqwest::Method;
use serde_json::Value;

use super::{
    api::{Api, SendFaultOrAnswer},
    error::{SCOPES, key_hint, refused},
    webhook_base,
};
use crate::checks::{Checks, REACHABLE};
use crate::transport::Answer;

/// Pages of workflows that a test counts; discovery reads them all.
const PAGES: usize = 4;
/// Most bytes of n8n's `/rest/settings`.
const SETTINGS: usize = 4 * 1024 * 1024;

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
        if api.config.has_key() {
            with_key(api, &mut checks, &mut report).await;
        } else {
            without_key(api, &mut checks);
        }
    }
    report.state = checks.state();
    report.checks = checks.into_list();
    report
}

async fn reach(api: &Api, checks: &mut Checks, report: &mut ConnectionReport) {
    let began = Instant::now();
    let health = api.healthz().await;
    let latency = u64::try_from(began.elapsed().as_millis()).ok();
    let failure = match health {
        Ok(answer) if answer.is_success() && answer.value["status"] == "ok" => {
            report.latency_ms = latency;
            checks.passed(REACHABLE, "n8n answers.");
            return;
        }
        Err(SendFaultOrAnswer::Send(fault)) => {
            checks.failed(REACHABLE, fault.into_failure());
            return;
        }
        Ok(answer) => not_n8n(&answer),
        Err(SendFaultOrAnswer::Answer(failure)) => failure,
    };
    report.latency_ms = latency;
    // A proxy may let only some of n8n's paths through.
    if api.config.has_key()
        && api.get("workflows?limit=1").await.is_ok_and(|answer| answer.value["data"].is_array())
    {
        checks.passed(REACHABLE, "n8n's API answers; its health path does not.");
    } else if api.config.only_webhook.is_some() {
        checks.warning(REACHABLE, failure);
    } else {
        checks.failed(REACHABLE, failure);
    }
}

fn not_n8n(answer: &Answer) -> Failure {
    match answer.status {
        429 | 500.. => refused(answer, ""),
        status => {
            let message = format!("Something answers there (status {status}), but not as n8n does.");
            Failure::new(ErrorCode::PeerNotPlatform, message)
                .status(status)
                .hint("Check the base URL: it is the address that you open n8n with in the browser.")
        }
    }
}

fn without_key(api: &Api, checks: &mut Checks) {
    if api.config.only_webhook.is_some() {
        checks.skipped("api_key", "This backend is one webhook; it needs no key. Outcomes stay unverified, and lost runs cannot be recovered. The webhook itself was not called.");
        return;
    }
    let failure =
        Failure::new(ErrorCode::PeerUnauthorized, "No API key is stored: workflows cannot be listed.")
            .hint(format!("{} Or give a webhook's URL as base URL.", key_hint()));
    checks.failed("api_key", failure);
}

async fn with_key(api: &Api, checks: &mut Checks, report: &mut ConnectionReport) {
    let known = match api.scopes().await {
        Ok(Some(scopes)) => {
            checks.passed("api_key", "n8n accepts the key.");
            report.version = Some(">= 2.14".to_owned());
            for scope in SCOPES {
                scope_is(checks, scope, scopes.iter().any(|known| known == scope));
            }
            true
        }
        Ok(None) => {
            report.version = Some(version_of_settings(api).await.unwrap_or_else(|| "< 2.14".to_owned()));
            try_scopes(api, checks).await
        }
        Err(failure) => {
            checks.failed("api_key", failure);
            false
        }
    };
    if !known || checks.has_failed() {
        return;
    }
    match api.workflow_pages(PAGES).await {
        Ok(listing) => {
            let count = listing.rows.iter().filter(|row| row["isArchived"] != true).count();
            report.workflows = u64::try_from(count).ok();
            let more = if listing.complete { "" } else { "More than " };
            checks.passed("workflows", format!("{more}{count} workflows can be seen with this key."));
        }
        Err(failure) => checks.failed("workflows", failure),
    }
    if let Some(told) = webhook_base::check(api, checks).await
        && told.keeps_traceparent
        && report.version.as_deref() == Some(">= 2.14")
    {
        report.version = Some(">= 2.18".to_owned());
    }
}

/// Versions before 2.13 have no way to ask for the scopes: each kind of call is tried, on things that do not exist
/// where that is enough. False when the rest makes no sense.
async fn try_scopes(api: &Api, checks: &mut Checks) -> bool {
    let calls = [
        ("workflows?limit=1", "workflow:list"),
        ("workflows/jackfield-scope-check", "workflow:read"),
        ("executions?limit=1", "execution:list"),
        ("executions/0", "execution:read"),
    ];
    for (index, (path, scope)) in calls.into_iter().enumerate() {
        let failure = match api.get(path).await {
            Ok(answer) if answer.status == 403 => {
                scope_is(checks, scope, false);
                continue;
            }
            // 404 and 400 for a thing that does not exist: the key may ask for it.
            Ok(answer) if answer.is_success() || (matches!(answer.status, 400 | 404) && index % 2 == 1) => {
                if index == 0 {
                    checks.passed("api_key", "n8n accepts the key.");
                }
                scope_is(checks, scope, true);
                continue;
            }
            Ok(answer) => refused(&answer, scope),
            Err(failure) => failure,
        };
        checks.failed("api_key", failure);
        return false;
    }
    let failure = Failure::new(
        ErrorCode::PeerTooOld,
        "This n8n is older than 2.13: it tells less while a run goes on, and may not be able to stop runs.",
    )
    .hint("Everything else works; 2.19 or later shows and recovers more.");
    checks.warning("version", failure);
    true
}

fn scope_is(checks: &mut Checks, scope: &str, there: bool) {
    let name = format!("scope {scope}");
    if there {
        checks.passed(&name, "The key has it.");
        return;
    }
    let costs = match scope {
        "workflow:list" => "workflows cannot be found",
        "workflow:read" => "single workflows cannot be looked at again",
        "execution:stop" => "runs cannot be stopped",
        _ => "outcomes stay unverified, steps unknown, and lost runs cannot be recovered",
    };
    let message = format!("The key lacks the scope {scope}: {costs}.");
    let failure = Failure::new(ErrorCode::PeerScopeMissing, message).hint(key_hint());
    if scope == "workflow:list" { checks.failed(&name, failure) } else { checks.warning(&name, failure) }
}

/// n8n 1.x tells its version in `/rest/settings`; 2.x keeps it from strangers.
async fn version_of_settings(api: &Api) -> Option<String> {
    let request = api.transport.request(Method::GET, api.config.url("rest/settings"));
    let answer = api.transport.json(request, SETTINGS).await.ok()?;
    answer.value.pointer("/data/versionCli").and_then(Value::as_str).map(str::to_owned)
}
