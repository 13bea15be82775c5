//! Finding one's own execution: by the trace context that went with the request, in old versions by the run's id.

use std::collections::HashSet;

use jackfield_protocol::{error::Failure, port::RunRequest};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    api::Api,
    execution::{Execution, Status},
    marks,
};

/// How far n8n's clock may be behind ours.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);
/// Newest rows of a list that are looked at.
const ROWS: usize = 20;

/// How far around the newest listed execution the ids are tried one by one (1.x).
const NEIGHBOURS: (u64, u64) = (12, 8);

/// Looks for one run's execution; remembers which ones are not it.
pub(crate) struct Locator {
    trace_id: String,
    run_id: String,
    workflow: Option<String>,
    not_before: Timestamp,
    others: HashSet<String>,
}

impl Locator {
    pub(crate) fn new(api: &Api, run: &RunRequest) -> Self {
        let only_webhook = api.config.only_webhook.is_some();
        Self {
            trace_id: marks::traceparent(run.run_id).get(3..35).unwrap_or_default().to_owned(),
            run_id: run.run_id.to_string(),
            workflow: (!only_webhook && !run.workflow.external_id.is_empty())
                .then(|| run.workflow.external_id.clone()),
            not_before: run.created_at.checked_sub(CLOCK_SKEW).unwrap_or(run.created_at),
            others: HashSet::new(),
        }
    }

    /// Looks once among running, queued, waiting and finished executions. A list without a status leaves running ones
    /// out, before the middle of 2026 waiting ones too.
    pub(crate) async fn look(&mut self, api: &Api) -> Result<Option<Execution>, Failure> {
        let workflow = self
            .workflow
            .as_ref()
            .map_or_else(String::new, |id| format!("workflowId={}&", super::api::encode(id)));
        let statuses: &[&str] = if api.age.is_old() {
            &["status=running", "status=waiting", ""]
        } else {
            &["status=running", "status=new", "status=waiting", ""]
        };
        for status in statuses {
            for row in self.rows(api, &format!("{workflow}{status}"), ROWS).await? {
                if let Some(found) = self.consider(api, &row).await? {
                    return Ok(Some(found));
                }
            }
        }
        if api.age.is_old() { self.look_between(api).await } else { Ok(None) }
    }

    /// 1.x lists no execution that it holds in memory, and a waiting one stays there (seen on 1.123.81). It gives them
    /// by their id, and ids are counted: those around the newest listed one are tried.
    async fn look_between(&mut self, api: &Api) -> Result<Option<Execution>, Failure> {
        let newest = self.rows(api, "", 1).await?.first().and_then(|row| Execution::of(row.clone()));
        let newest: u64 = newest.and_then(|execution| execution.id().parse().ok()).unwrap_or_default();
        for id in newest.saturating_sub(NEIGHBOURS.0).max(1)..=newest.saturating_add(NEIGHBOURS.1) {
            let id = id.to_string();
            if self.others.contains(&id) {
                continue;
            }
            if let Some(row) = api.execution(&id, false).await?
                && let Some(found) = self.consider(api, &row).await?
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    async fn rows(&self, api: &Api, query: &str, limit: usize) -> Result<Vec<Value>, Failure> {
        match api.executions(query, limit).await {
            // 1.x refuses statuses that it does not know.
            Err(failure) if failure.peer_status == Some(400) => Ok(Vec::new()),
            rows => rows,
        }
    }

    async fn consider(&mut self, api: &Api, row: &Value) -> Result<Option<Execution>, Failure> {
        let Some(row) = Execution::of(row.clone()) else { return Ok(None) };
        let id = row.id();
        if self.others.contains(&id) {
            return Ok(None);
        }
        if row.started_at().is_some_and(|started| started < self.not_before) {
            self.others.insert(id);
            return Ok(None);
        }
        let Some(execution) = api.execution(&id, false).await?.and_then(Execution::of) else {
            return Ok(None);
        };
        if execution.keeps_traceparent() {
            if execution.traceparent().is_some_and(|parent| parent.contains(&self.trace_id)) {
                return Ok(Some(execution));
            }
            self.others.insert(id);
            return Ok(None);
        }
        // Before 2.18: the id that we sent is in the trigger's data, which is there after the end (or with saved progress).
        let Some(full) = api.execution(&id, true).await? else { return Ok(None) };
        if full["data"].to_string().contains(&self.run_id) {
            return Ok(Execution::of(full));
        }
        if Execution::of(full)
            .is_some_and(|execution| execution.has_ended() || execution.status() == Status::Waiting)
        {
            self.others.insert(id);
        }
        Ok(None)
    }
}
