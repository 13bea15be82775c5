//! The test of a connection: looks without touching, and names each thing that is wrong.

use std::time::Instant;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{Check, CheckStatus, ConnectionReport, HealthState},
};

use super::api::{Api, SCOPES, SendFaultOrAnswer, refused};

/// Collects checks.
struct Checks(Vec<Check>);

impl Checks {
    fn passed(&mut self, name: &str, message: impl Into<String>) {
        self.push(name, CheckStatus::Passed, message, None);
    }

    fn skipped(&mut self, name: &str, message: impl Into<String>) {
        self.push(name, CheckStatus::Skipped, message, None);
    }

    fn warning(&mut self, name: &str, failure: Failure) {
        self.push(name, CheckStatus::Warning, failure.message.clone(), Some(failure));
    }

    fn failed(&mut self, name: &str, failure: Failure) {
        self.push(name, CheckStatus::Failed, failure.message.clone(), Some(failure));
    }

    fn push(
        &mut self,
        name: &str,
        status: CheckStatus,
        message: impl Into<String>,
        failure: Option<Failure>,
    ) {
        self.0.push(Check { name: name.to_owned(), status, message: message.into(), failure });
    }

    fn has(&self, status: CheckStatus) -> bool {
        self.0.iter().any(|check| check.status == status)
    }
}

/// Tests a connection; bounded by the connect and first-byte deadlines of each request.
pub(crate) async fn test(api: &Api) -> ConnectionReport {
    let mut checks = Checks(Vec::new());
    let mut report = ConnectionReport {
        state: HealthState::Unreachable,
        latency_ms: None,
        version: None,
        workflows: None,
        checks: Vec::new(),
    };
    let began = Instant::now();
    match api.healthz().await {
        Ok(answer) if answer.is_success() && answer.value["status"] == "ok" => {
            report.latency_ms = Some(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
            checks.passed("reachable", "n8n answers.");
        }
        Ok(answer) => {
            let message = format!("Something answers there (status {}), but not as n8n does.", answer.status);
            let failure = Failure::new(ErrorCode::PeerNotPlatform, message).status(answer.status);
            checks.failed(
                "reachable",
                failure.hint("Check the base URL: it is the address of n8n's own page."),
            );
        }
        Err(SendFaultOrAnswer::Send(fault)) => checks.failed("reachable", fault.into_failure()),
        Err(SendFaultOrAnswer::Answer(failure)) => checks.failed("reachable", failure),
    }
    if !checks.has(CheckStatus::Failed) {
        if api.config.has_key() {
            with_key(api, &mut checks, &mut report).await;
        } else {
            without_key(api, &mut checks);
        }
    }
    report.state = state(&checks);
    report.checks = checks.0;
    report
}

fn without_key(api: &Api, checks: &mut Checks) {
    if api.config.only_webhook.is_some() {
        checks.skipped("api_key", "This backend is one webhook; it needs no key. Outcomes stay unverified and lost runs cannot be recovered.");
        return;
    }
    let failure = Failure::new(
        ErrorCode::PeerUnauthorized,
        "No API key is stored: workflows cannot be listed.",
    )
    .hint(format!(
        "Make a key in n8n under Settings → n8n API with the scopes {}, or give a webhook's URL as base URL.",
        SCOPES.join(", ")
    ));
    checks.failed("api_key", failure);
}

async fn with_key(api: &Api, checks: &mut Checks, report: &mut ConnectionReport) {
    match api.scopes().await {
        Ok(Some(scopes)) => {
            checks.passed("api_key", "n8n accepts the key.");
            report.version = Some(">= 2.14".to_owned());
            for scope in SCOPES {
                if scopes.iter().any(|known| known == scope) {
                    checks.passed(&format!("scope {scope}"), "The key has it.");
                } else {
                    scope_missing(checks, scope);
                }
            }
        }
        Ok(None) => old_versions(api, checks, report).await,
        Err(failure) => {
            checks.failed("api_key", failure);
            return;
        }
    }
    if checks.has(CheckStatus::Failed) {
        return;
    }
    match api.workflows().await {
        Ok(workflows) => {
            report.workflows = Some(workflows.len() as u64);
            checks.passed("workflows", format!("{} workflows can be seen with this key.", workflows.len()));
        }
        Err(failure) => checks.failed("workflows", failure),
    }
    webhook_base(api, checks).await;
}

/// Versions before 2.14 have no way to ask for the scopes: each endpoint is tried.
async fn old_versions(api: &Api, checks: &mut Checks, report: &mut ConnectionReport) {
    report.version = Some(version_of_settings(api).await.unwrap_or_else(|| "< 2.14".to_owned()));
    for (path, scope) in [("workflows?limit=1", "workflow:list"), ("executions?limit=1", "execution:list")] {
        match api.get(path).await {
            Ok(answer) if answer.is_success() => checks.passed(&format!("scope {scope}"), "The key has it."),
            Ok(answer) if answer.status == 403 => scope_missing(checks, scope),
            Ok(answer) => {
                checks.failed("api_key", refused(&answer, scope));
                return;
            }
            Err(failure) => {
                checks.failed("api_key", failure);
                return;
            }
        }
    }
    let failure = Failure::new(
        ErrorCode::PeerTooOld,
        "This n8n cannot stop executions from outside and tells less while they run.",
    )
    .hint("2.19 or later shows and recovers more.");
    checks.warning("version", failure);
}

/// n8n 1.x tells its version in `/rest/settings`.
async fn version_of_settings(api: &Api) -> Option<String> {
    let request = api.transport.request(reqwest::Method::GET, api.config.url("rest/settings"));
    let answer = api.transport.json(request, 4 * 1024 * 1024).await.ok()?;
    answer.value.pointer("/data/versionCli").and_then(serde_json::Value::as_str).map(str::to_owned)
}

fn scope_missing(checks: &mut Checks, scope: &str) {
    let costs = match scope {
        "workflow:list" | "workflow:read" => "workflows cannot be found",
        "execution:stop" => "runs cannot be stopped",
        _ => "outcomes stay unverified, steps unknown, and lost runs cannot be recovered",
    };
    let failure =
        Failure::new(ErrorCode::PeerScopeMissing, format!("The key lacks the scope {scope}: {costs}."))
            .hint(format!("Make a key with the scopes {}.", SCOPES.join(", ")));
    if scope.starts_with("workflow") {
        checks.failed(&format!("scope {scope}"), failure)
    } else {
        checks.warning(&format!("scope {scope}"), failure)
    }
}

/// A webhook's execution data holds the URL that n8n believes it has; another one than ours is worth a word.
async fn webhook_base(api: &Api, checks: &mut Checks) {
    let Ok(rows) = api.executions("includeData=true", 5).await else { return };
    let url = rows.iter().find_map(find_webhook_url);
    let ours = api.config.webhook_base.as_str().trim_end_matches('/').to_owned();
    match url {
        Some(url) if url.starts_with(&ours) => {
            checks.passed("webhook_base", "Webhooks have the same address as n8n.")
        }
        Some(url) => {
            let theirs = url.split("/webhook").next().unwrap_or_default().to_owned();
            let message =
                format!("n8n believes that its webhooks are at {theirs}; this backend uses {ours}.");
            checks.warning(
                "webhook_base",
                Failure::new(ErrorCode::PeerBaseDiffers, message)
                    .hint("If runs end with 'not found', set the option `webhook_base_url`."),
            );
        }
        None => {
            checks.skipped("webhook_base", "No recent webhook execution tells n8n's own webhook address.")
        }
    }
}

fn find_webhook_url(execution: &serde_json::Value) -> Option<String> {
    let runs = execution.pointer("/data/resultData/runData")?.as_object()?;
    runs.values().find_map(|runs| {
        let url = runs.get(0)?.pointer("/data/main/0/0/json/webhookUrl")?.as_str()?;
        Some(url.to_owned())
    })
}

fn state(checks: &Checks) -> HealthState {
    let failed = checks.0.iter().find(|check| check.status == CheckStatus::Failed);
    match failed.and_then(|check| check.failure.as_ref()).map(|failure| failure.code) {
        Some(ErrorCode::PeerUnauthorized) => HealthState::Unauthorized,
        Some(ErrorCode::PeerScopeMissing) => HealthState::Degraded,
        Some(_) => HealthState::Unreachable,
        None if checks.has(CheckStatus::Warning) => HealthState::Degraded,
        None => HealthState::Connected,
    }
}
