//! Whether webhooks have the address that this backend believes: a webhook's execution holds the URL that n8n itself gives it.

use jackfield_protocol::error::{ErrorCode, Failure};
use serde_json::Value;
use url::Url;

use super::api::Api;
use crate::checks::Checks;

/// Newest executions that are looked through.
const ROWS: usize = 20;
/// Executions whose data is read, at most.
const READ: usize = 3;
/// Executions larger than this are not read for one address.
const LARGE: u64 = 1024 * 1024;
const NAME: &str = "webhook_base";

/// What an execution tells about this n8n.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    /// Whether executions keep their trace context (2.18 to 2.20 and later).
    pub(super) keeps_traceparent: bool,
}

/// Compares the address of webhooks with the one that n8n names in a recent execution. Reads only.
pub(super) async fn check(api: &Api, checks: &mut Checks) -> Option<Told> {
    let (told, url) = look(api).await;
    if let Some(base) = &api.config.options.webhook_base_url {
        checks.passed(NAME, format!("Webhooks are called at {base}, as the option says."));
        return told;
    }
    let ours = &api.config.webhook_base;
    let theirs = url.as_deref().and_then(|url| base_of(url, &api.config.options.webhook_path));
    match theirs {
        None => checks.skipped(NAME, "No recent webhook execution tells n8n's own webhook address."),
        Some(theirs) if same(&theirs, ours) => {
            checks.passed(NAME, "Webhooks have the same address as n8n.");
        }
        Some(theirs) if is_loopback(&theirs) => {
            let message =
                format!("n8n gives its webhooks the default address {theirs}; they are called at {ours}.");
            checks.passed(NAME, message);
        }
        Some(theirs) => {
            let message =
                format!("n8n gives its webhooks the address {theirs}; this backend calls them at {ours}.");
            let hint =
                format!("Set the option `webhook_base_url` to {theirs}, or to {ours} if runs arrive there.");
            checks.warning(NAME, Failure::new(ErrorCode::PeerBaseDiffers, message).hint(hint));
        }
    }
    told
}

async fn look(api: &Api) -> (Option<Told>, Option<String>) {
    let Ok(rows) = api.executions("status=success", ROWS).await else { return (None, None) };
    let mut told = None;
    let known = api.told_webhook.get().cloned();
    let webhooks = rows.iter().filter(|row| row["mode"] == "webhook");
    for id in webhooks.filter_map(|row| id(&row["id"])).take(READ) {
        let Ok(Some(head)) = api.execution(&id, false).await else { continue };
        told = Some(Told { keeps_traceparent: head.get("tracingContext").is_some() });
        if known.is_some() {
            break;
        }
        if head["jsonSizeBytes"].as_u64().is_some_and(|size| size > LARGE) {
            continue;
        }
        if let Ok(Some(full)) = api.execution(&id, true).await
            && let Some(url) = webhook_url(&full)
        {
            return (told, Some(api.told_webhook.get_or_init(|| url).clone()));
        }
    }
    (told, known)
}

fn id(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|id| id.to_string()))
}

fn webhook_url(execution: &Value) -> Option<String> {
    let runs = execution.pointer("/data/resultData/runData")?.as_object()?;
    runs.values()
        .find_map(|runs| runs.get(0)?.pointer("/data/main/0/0/json/webhookUrl")?.as_str().map(str::to_owned))
}

/// What lies before `/webhook/…`.
fn base_of(webhook: &str, path: &str) -> Option<Url> {
    let mut url = Url::parse(webhook).ok()?;
    let at = url.path().find(&format!("/{}/", path.trim_matches('/')))?;
    let base = url.path().get(..at)?.to_owned();
    url.set_path(&base);
    url.set_query(None);
    Some(url)
}

fn same(a: &Url, b: &Url) -> bool {
    let host = a.host_str() == b.host_str() || (is_loopback(a) && is_loopback(b));
    host && a.scheme() == b.scheme()
        && a.port_or_known_default() == b.port_or_known_default()
        && a.path().trim_end_matches('/') == b.path().trim_end_matches('/')
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(url::Host::Ipv6(address)) => address.is_loopback() || address.is_unspecified(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_by_what_they_reach() {
        let base = |text: &str| base_of(text, "webhook").unwrap();
        let ours = Url::parse("http://127.0.0.1:5678/").unwrap();
        assert!(same(&base("http://localhost:5678/webhook/a/b"), &ours));
        assert!(!same(&base("http://localhost:56789/webhook/a"), &ours));
        assert!(!same(&base("https://localhost:5678/webhook/a"), &ours));
        assert!(!same(&base("http://localhost:5678/sub/webhook/a"), &ours));
        assert_eq!(base("https://n8n.example/sub/webhook/x/y").as_str(), "https://n8n.example/sub");
        assert!(base_of("https://n8n.example/hooks/x", "webhook").is_none());
    }
}
