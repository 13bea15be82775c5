//! Webhooks, chat triggers, and the addresses that answer a run that waits.

use std::{io, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    run::{Broken, Run},
    triggers::{Found, Trigger, find},
    world::{World, labels},
};
use crate::{
    http::{Flow, Request, Wire},
    recording::Exchange,
};

pub(super) async fn webhook(
    world: &World,
    request: Request,
    path: &str,
    wire: &mut Wire,
) -> io::Result<Flow> {
    let trigger = match find(&world.triggers, &request.method, path) {
        Found::Trigger(trigger) => trigger,
        Found::OtherMethod("POST") if request.method == "GET" && path.ends_with("/chat") => {
            return page(200, wire).await;
        }
        Found::OtherMethod(method) => {
            let message = format!(
                "This webhook is not registered for {} requests. Did you mean to make a {method} request?",
                request.method
            );
            return wire.json(404, &labels(), &json!({ "code": 404, "message": message })).await;
        }
        Found::Nothing => {
            let message = format!("The requested webhook \"{} {path}\" is not registered.", request.method);
            let hint = "The workflow must be active for a production URL to run successfully.";
            return wire
                .json(404, &labels(), &json!({ "code": 404, "message": message, "hint": hint }))
                .await;
        }
    };
    if !trigger.public {
        return wire.answer(404, &labels(), b"").await;
    }
    if let Some((status, text)) = refused(world, trigger, &request) {
        return plain(status, text, wire).await;
    }
    let is_json = request.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if is_json && !request.body.is_empty() && request.json().is_none() {
        let body = json!({ "code": 422, "message": "Failed to parse request body" });
        return wire.json(422, &labels(), &body).await;
    }
    match world.begin(&trigger.workflow_id, request, trigger.chat) {
        Some(run) => follow(world, &run, 0, wire).await,
        None => {
            wire.json(501, &labels(), &json!({ "message": "no run of this workflow was recorded" })).await
        }
    }
}

/// What a trigger says to a caller that it does not let in (recordings d05 to d11, c07, c09).
fn refused(world: &World, trigger: &Trigger, request: &Request) -> Option<(u16, &'static str)> {
    let given = request.header("authorization");
    match trigger.authentication.as_str() {
        "basicAuth" => {
            let (user, password) = &world.options.basic;
            let right = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
            match given {
                None => Some((401, "Authorization is required!")),
                Some(value) if value == right => None,
                Some(_) if world.is_old() => Some((403, "Authorization data is wrong!")),
                Some(_) => Some((401, "Authentication data is wrong!")),
            }
        }
        "headerAuth" => {
            let (name, value) = &world.options.header;
            (request.header(name) != Some(value)).then_some((403, "Authorization data is wrong!"))
        }
        "jwtAuth" if given.is_none() => Some((401, "No token provided")),
        // Signatures are not checked here: three parts are enough.
        "jwtAuth" => {
            (given.map(|value| value.split('.').count()) != Some(3)).then_some((403, "jwt malformed"))
        }
        "n8nUserAuth" => Some((401, "User not authenticated!")),
        _ => None,
    }
}

/// The answer to the call that began a segment. The run goes on when the caller leaves.
async fn follow(world: &World, run: &Arc<Run>, segment: usize, wire: &mut Wire) -> io::Result<Flow> {
    let Some(exchange) = run.case.segments.get(segment).and_then(|segment| segment.exchange.clone()) else {
        return wire.answer(200, &labels(), b"").await;
    };
    let Some(head) = &exchange.response else { return wire.silence().await };
    let mut changes = run.changes();
    wire.wait(changes.wait_for(|_| run.live().head || run.live().broken.is_some())).await?.map_err(gone)?;
    let own = ["content-length", "transfer-encoding", "connection", "keep-alive", "date", "etag"];
    let marks = run.marks();
    let mut headers: Vec<(String, String)> = head
        .headers
        .iter()
        .filter(|(name, _)| !own.contains(&name.to_lowercase().as_str()))
        .map(|(name, value)| (name.clone(), marks.render(value)))
        .chain(labels())
        .collect();
    if !exchange.is_chunked() {
        return whole(run, &exchange, head.status, &headers, wire).await;
    }
    headers.push(("Transfer-Encoding".to_owned(), "chunked".to_owned()));
    let bytes = wire.head_bytes(head.status, &head.reason, &headers);
    wire.raw(&bytes).await?;
    let mut sent = 0;
    loop {
        let (made, answered, broken) = {
            let live = run.live();
            let same = live.segment == segment;
            let made = if same { live.chunks } else { exchange.chunks.len() };
            (made, live.answered || !same, live.broken)
        };
        for chunk in exchange.chunks.get(sent..made).unwrap_or_default() {
            let spoiled = world.wire().clone();
            if let Some((_, garbage)) = spoiled.garbage.filter(|(after, _)| *after == sent) {
                wire.chunk(&garbage).await?;
            }
            let bytes = rendered(run, &chunk.bytes());
            for piece in bytes.chunks(spoiled.split.unwrap_or(usize::MAX)) {
                wire.chunk(piece).await?;
            }
            sent += 1;
        }
        if let Some((Broken::Stopped, _)) = broken
            && !answered
        {
            wire.chunk(aborted(&exchange, sent).as_bytes()).await?;
            return wire.silence().await;
        }
        if answered && sent >= exchange.chunks.len() {
            if exchange.end == "idle_timeout" {
                return wire.silence().await;
            }
            wire.last_chunk().await?;
            return Ok(Flow::KeepAlive);
        }
        wire.wait(changes.changed()).await?.map_err(gone)?;
    }
}

/// An answer that comes all at once, at the end.
async fn whole(
    run: &Arc<Run>,
    exchange: &Exchange,
    status: u16,
    headers: &[(String, String)],
    wire: &mut Wire,
) -> io::Result<Flow> {
    let mut changes = run.changes();
    let ready = |_: &u64| run.live().answered || run.live().broken.is_some() || run.live().rests;
    wire.wait(changes.wait_for(ready)).await?.map_err(gone)?;
    let stopped = run.live().broken.is_some() && !run.live().answered;
    if stopped {
        let body = json!({ "code": 0, "message": "There was a problem executing the workflow" });
        return wire.json(500, &labels(), &body).await;
    }
    wire.answer(status, headers, &rendered(run, &exchange.body())).await
}

fn gone(_: tokio::sync::watch::error::RecvError) -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

/// Text with this run's own values; other bytes as they are.
fn rendered(run: &Run, bytes: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(bytes) {
        Ok(text) => run.marks().render(text).into_bytes(),
        Err(_) => bytes.to_vec(),
    }
}

/// What a stream says when its run is stopped (recording e05): the node that was speaking, without a time.
fn aborted(exchange: &Exchange, sent: usize) -> String {
    let last = exchange.chunks.get(..sent).unwrap_or_default().last();
    let frame: Value = last.and_then(|chunk| serde_json::from_slice(&chunk.bytes()).ok()).unwrap_or_default();
    let mut metadata = frame["metadata"].clone();
    if let Some(fields) = metadata.as_object_mut() {
        fields.remove("timestamp");
    }
    json!({ "type": "error", "content": "Original error: AbortError", "metadata": metadata }).to_string()
        + "\n"
}

/// `/webhook-waiting/{id}` and the links of buttons below it.
pub(super) async fn resume(
    world: &World,
    request: &Request,
    path: &str,
    wire: &mut Wire,
) -> io::Result<Flow> {
    let id = path.split('/').next().unwrap_or_default();
    let Some(run) = world.runs().into_iter().find(|run| run.id.to_string() == id && run.is_kept()) else {
        let body = json!({ "code": 404, "message": format!("The execution \"{id}\" does not exist.") });
        return wire.json(404, &labels(), &body).await;
    };
    let status = world.status(&run);
    if status != "waiting" {
        let body = json!({ "code": 409, "message": format!("The execution \"{id}\" has finished already.") });
        return wire.json(409, &labels(), &body).await;
    }
    let next = run.live().segment + 1;
    let expected = run.case.segments.get(next).and_then(|segment| segment.exchange.as_ref());
    let signature = request.query("signature").unwrap_or_default();
    // A link of a button carries a signature of its own, which stands in the record.
    let signed = signature == run.resume_token
        || (!signature.is_empty()
            && run.record(false).to_string().contains(&format!("signature={signature}")));
    if !world.is_old() && !signed {
        return wire.json(401, &labels(), &json!({ "error": "Invalid token" })).await;
    }
    let button = path.contains('/');
    if button && looks_like_a_program(request.header("user-agent").unwrap_or_default()) {
        return wire.answer(200, &labels(), b"").await;
    }
    let Some(expected) = expected.filter(|expected| expected.request.method == request.method) else {
        let message = format!(
            "The workflow for execution \"{id}\" does not contain a waiting webhook with a matching path/method."
        );
        return wire.json(404, &labels(), &json!({ "code": 404, "message": message })).await;
    };
    tracing::debug!(execution = id, path = expected.request.path, "simulated run goes on");
    world.go_on(&run, next);
    follow(world, &run, next, wire).await
}

/// n8n ignores callers of approval links that do not look like a browser (recording i03).
fn looks_like_a_program(agent: &str) -> bool {
    !agent.contains("Mozilla/")
}

/// A web page, where n8n serves its own.
pub(super) async fn page(status: u16, wire: &mut Wire) -> io::Result<Flow> {
    let mut headers = labels();
    headers.push(("Content-Type".to_owned(), "text/html; charset=utf-8".to_owned()));
    let text =
        "<!DOCTYPE html><html><head><title>n8n.io - Workflow Automation</title></head><body></body></html>";
    wire.answer(status, &headers, text.as_bytes()).await
}

async fn plain(status: u16, text: &str, wire: &mut Wire) -> io::Result<Flow> {
    let mut headers = labels();
    headers.push(("WWW-Authenticate".to_owned(), "Basic realm=\"Webhook\"".to_owned()));
    wire.answer(status, &headers, text.as_bytes()).await
}
