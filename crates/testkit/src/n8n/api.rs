//! The public API.

use std::{io, sync::Arc};

use jackfield_protocol::time::now;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    cursor,
    run::{Broken, Run},
    world::{World, labels},
};
use crate::http::{Flow, Request, Wire};

/// An answer: status and body.
type Answer = (u16, Value);

/// What answers a path.
type Act = fn(&World, &Request, &[&str]) -> Answer;

pub(super) async fn serve(world: &World, request: &Request, path: &str, wire: &mut Wire) -> io::Result<Flow> {
    let (status, body) = answer(world, request, path);
    wire.json(status, &labels(), &body).await
}

fn say(status: u16, message: &str) -> Answer {
    (status, json!({ "message": message }))
}

fn answer(world: &World, request: &Request, path: &str) -> Answer {
    let old = world.is_old();
    let scopes = match request.header("x-n8n-api-key") {
        None if old => return say(401, "'X-N8N-API-KEY' header required"),
        None => return say(401, "Unauthorized"),
        Some(key) => match world.scopes(key) {
            None if old => return say(401, "unauthorized"),
            None => return say(401, "Unauthorized"),
            Some(scopes) => scopes,
        },
    };
    let parts: Vec<&str> = path.split('/').collect();
    let (scope, act): (&str, Act) = match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["discover"]) if !old => return discover(world, &scopes),
        ("GET", ["workflows"]) => ("workflow:list", workflows),
        ("GET", ["workflows", _]) => ("workflow:read", workflow),
        ("GET", ["executions"]) => ("execution:list", executions),
        ("GET", ["executions", _]) => ("execution:read", execution),
        ("POST", ["executions", _, "stop"]) if !old => ("execution:stop", stop),
        ("POST", ["workflows", _, "run"]) => return say(405, "POST method not allowed"),
        ("GET", ["credentials"]) if old => return say(405, "GET method not allowed"),
        ("GET", ["credentials"]) => return say(403, "Forbidden"),
        _ => return say(404, "not found"),
    };
    if !scopes.iter().any(|known| known == scope) {
        return say(403, "Forbidden");
    }
    act(world, request, &parts)
}

fn discover(world: &World, scopes: &[String]) -> Answer {
    let mut body = world.options.corpus.discover.clone();
    body["data"]["scopes"] = json!(scopes);
    (200, body)
}

fn workflows(world: &World, request: &Request, _: &[&str]) -> Answer {
    const KNOWN: [&str; 8] =
        ["active", "tags", "name", "projectId", "excludePinnedData", "limit", "cursor", "includeData"];
    if let Some(refused) = unknown_query(world, request, &KNOWN) {
        return refused;
    }
    let active = request.query("active").map(|active| active == "true");
    let name = request.query("name").map(|name| name.to_lowercase());
    let tags = request.query("tags");
    let rows: Vec<Value> = world
        .options
        .corpus
        .workflows
        .iter()
        .filter(|workflow| active.is_none_or(|active| workflow["active"] == active))
        .filter(|workflow| {
            let known = workflow["name"].as_str().unwrap_or_default().to_lowercase();
            name.as_ref().is_none_or(|name| known.contains(name.as_str()))
        })
        .filter(|workflow| {
            let wanted = tags.iter().flat_map(|tags| tags.split(','));
            let has = |tag: &str| {
                workflow["tags"].as_array().is_some_and(|tags| tags.iter().any(|known| known["name"] == tag))
            };
            wanted.into_iter().all(has)
        })
        .cloned()
        .collect();
    page(world, &rows, request)
}

fn workflow(world: &World, _: &Request, parts: &[&str]) -> Answer {
    let id = parts.get(1).copied().unwrap_or_default();
    world
        .options
        .corpus
        .workflow(id)
        .map_or_else(|| say(404, "Not Found"), |workflow| (200, workflow.clone()))
}

fn executions(world: &World, request: &Request, _: &[&str]) -> Answer {
    const OLD: [&str; 6] = ["status", "workflowId", "projectId", "includeData", "limit", "cursor"];
    if let Some(refused) = unknown_query(world, request, &OLD) {
        return refused;
    }
    let status = request.query("status");
    let known: &[&str] = if world.is_old() {
        &["canceled", "error", "running", "success", "waiting"]
    } else {
        &["canceled", "crashed", "error", "new", "running", "success", "unknown", "waiting"]
    };
    if let Some(status) = &status
        && !known.contains(&status.as_str())
    {
        let message =
            format!("request/query/status must be equal to one of the allowed values: {}", known.join(", "));
        return say(400, &message);
    }
    let workflow = request.query("workflowId");
    let after: Option<Timestamp> = request.query("startedAfter").and_then(|time| time.parse().ok());
    let data = request.query("includeData").is_some_and(|include| include == "true");
    let mut rows = Vec::new();
    for run in world.runs().iter().rev().filter(|run| run.is_kept()) {
        for record in records(world, run) {
            let own = record["status"].as_str().unwrap_or_default();
            let shown = match &status {
                Some(status) => own == status,
                // Running ones only when asked for.
                None => !["running", "new"].contains(&own),
            };
            // Seen on 1.123.81: no list has a run that began to wait since n8n started.
            let shown = shown && !(world.is_old() && own == "waiting");
            let started: Option<Timestamp> = record["startedAt"].as_str().and_then(|time| time.parse().ok());
            if shown
                && workflow.as_ref().is_none_or(|id| record["workflowId"] == **id)
                && after.is_none_or(|after| started.is_none_or(|started| started > after))
            {
                rows.push(row(&record, data));
            }
        }
    }
    page(world, &rows, request)
}

/// The record of a run, and behind it those of its sub-workflows, newest first.
fn records(world: &World, run: &Run) -> Vec<Value> {
    let mut all = run.subs();
    all.reverse();
    all.push(world.full_record(run));
    all
}

/// A row of the list. With data it has more fields, but the trace context is not among them (recording e08).
fn row(record: &Value, data: bool) -> Value {
    const ROW: [&str; 10] = [
        "id",
        "finished",
        "mode",
        "retryOf",
        "retrySuccessId",
        "status",
        "startedAt",
        "stoppedAt",
        "workflowId",
        "waitTill",
    ];
    const DATA: [&str; 6] =
        ["storedAt", "jsonSizeBytes", "workflowVersionId", "data", "workflowData", "customData"];
    let more = DATA.iter().filter(|name| data && record.get(**name).is_some());
    let fields = ROW.iter().chain(more);
    fields.map(|name| ((*name).to_owned(), record[*name].clone())).collect::<serde_json::Map<_, _>>().into()
}

fn execution(world: &World, request: &Request, parts: &[&str]) -> Answer {
    let id = parts.get(1).copied().unwrap_or_default();
    if id.parse::<u64>().is_err() {
        return if world.is_old() {
            say(400, "request/params/id must be number")
        } else {
            say(400, "request/params/executionId must be a positive integer")
        };
    }
    let found = world
        .runs()
        .iter()
        .filter(|run| run.is_kept())
        .flat_map(|run| records(world, run))
        .find(|record| record["id"] == id);
    let Some(mut record) = found else { return say(404, "Not Found") };
    let data = request.query("includeData").is_some_and(|include| include == "true");
    if !data && let Some(fields) = record.as_object_mut() {
        for name in ["data", "customData", "workflowData"] {
            fields.remove(name);
        }
    }
    (200, record)
}

fn stop(world: &World, _: &Request, parts: &[&str]) -> Answer {
    let id = parts.get(1).copied().unwrap_or_default();
    let Some(run) = world.runs().into_iter().find(|run| run.id.to_string() == id && run.is_kept()) else {
        return say(404, "Not Found");
    };
    let status = world.status(&run);
    if !["running", "waiting", "new"].contains(&status.as_str()) {
        let message =
            format!("Only running or waiting executions can be stopped and {id} is currently {status}");
        return say(409, &message);
    }
    stop_run(&run);
    let record = world.full_record(&run);
    let body = json!({
        "mode": record["mode"], "startedAt": record["startedAt"], "stoppedAt": record["stoppedAt"],
        "finished": false, "status": "canceled",
    });
    (200, body)
}

fn stop_run(run: &Arc<Run>) {
    run.live().player.take().inspect(tokio::task::AbortHandle::abort);
    run.change(|live| live.broken = Some((Broken::Stopped, now())));
}

/// n8n 1.x refuses query parameters that it does not know; 2.x ignores them.
fn unknown_query(world: &World, request: &Request, known: &[&str]) -> Option<Answer> {
    let unknown = request.query_pairs().into_iter().find(|(name, _)| !known.contains(&name.as_str()))?.0;
    world.is_old().then(|| say(400, &format!("Unknown query parameter '{unknown}'")))
}

fn page(world: &World, rows: &[Value], request: &Request) -> Answer {
    match cursor::page(rows, request, world.is_old()) {
        Ok(page) => (200, page),
        Err(cursor::Refused(message)) => say(400, message),
    }
}
