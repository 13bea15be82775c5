//! Runs: start, look at, stop, answer.

use std::{str::FromStr as _, sync::Arc};

use axum::{
    Json as Reply,
    extract::{FromRequest as _, Request, State},
    response::Response,
};
use jackfield_protocol::{
    api::{AnswerInput, Page, StartRun, Trace},
    ids::{ConversationId, RunId, ToolRowId, WorkflowId},
    model::{CancelReport, Run, RunStatus},
    port::RunFilter,
};

use super::{
    Answer,
    backends::{created, resolve},
    upload::{self, StartRunForm},
};
use crate::{
    extract::{Id, Json, is_json, media_type, request_key, wrong_media_type},
    params::Params,
    state::App,
};

/// Starts a run. It is written down before the answer comes, and goes on whoever watches it.
///
/// With files: `multipart/form-data` with one part `run` (this body as JSON) and any number of file parts, each named
/// as the form field that the workflow expects.
#[utoipa::path(post, path = "/api/v1/runs", tag = "runs",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeat a request that had no answer with the same key: \
            the run is started once, and given again. 1 to 200 visible ASCII characters.")),
    request_body(description = "What to run and what to put in.", content(
        (StartRun = "application/json", example = json!({
            "backend": "my n8n", "workflow": "Support agent", "input": {"text": "Where is my parcel?"},
        })),
        (StartRunForm = "multipart/form-data"),
    )),
    responses((status = 201, description = "Written down.", body = Run,
        headers(("Location" = String, description = "Where the run is; its events are below it.")))),
    extensions(("x-errors" = json!(["not_found", "invalid_input", "not_runnable", "conflict", "too_many_runs",
        "shutting_down"]))))]
pub(crate) async fn start_run(State(app): State<Arc<App>>, request: Request) -> Answer<Response> {
    let request_key = request_key(request.headers())?;
    let mut start = match media_type(request.headers()) {
        json if is_json(json) => Json::from_request(request, &app).await?.0,
        form if form.eq_ignore_ascii_case("multipart/form-data") => upload::read(&app, request).await?,
        _ => {
            let expected = "application/json, or multipart/form-data with files";
            return Err(wrong_media_type(request.headers(), expected).into());
        }
    };
    start.request_key = request_key;
    let run = app.engine.start_run(start).await?;
    Ok(created(&app, &format!("/api/v1/runs/{}", run.id), &run))
}

/// Runs, newest first.
#[utoipa::path(get, path = "/api/v1/runs", tag = "runs",
    params(
        ("status" = Option<String>, Query, description = "Only with this status; may be repeated.", example = "running"),
        ("backend" = Option<String>, Query, description = "Only of this backend (id or name).", example = "my n8n"),
        ("workflow_id" = Option<WorkflowId>, Query, description = "Only of this workflow."),
        ("tool_id" = Option<ToolRowId>, Query, description = "Only calls of this tool."),
        ("conversation_id" = Option<ConversationId>, Query, description = "Only of this conversation."),
        ("q" = Option<String>, Query, description = "Only with this text in the name of what ran, in what was put in, in the \
            reason of its end, or in one of its ids; case does not matter.", example = "parcel"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, description = "At most this many, 1 to 500; default 50.", example = 50),
    ),
    responses((status = 200, description = "A page of runs.", body = Page<Run>)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn list_runs(State(app): State<Arc<App>>, params: Params) -> Answer<Reply<Page<Run>>> {
    let params = params.only(&[
        "status",
        "backend",
        "workflow_id",
        "tool_id",
        "conversation_id",
        "q",
        "cursor",
        "limit",
    ])?;
    let status = params.all("status").map(|text| RunStatus::from_str(text).map_err(|f| f.at("query:status")));
    let limit = params.number("limit", 1, 500, 50)?;
    let filter = RunFilter {
        status: status.collect::<Result<_, _>>()?,
        backend_id: match params.text("backend")? {
            Some(name) => Some(resolve(&app, name).await?),
            None => None,
        },
        workflow_id: params.get("workflow_id", "the id of a workflow")?,
        tool_id: params.get("tool_id", "the id of a tool")?,
        conversation_id: params.get("conversation_id", "the id of a conversation")?,
        text: params.text("q")?.filter(|text| !text.is_empty()).map(str::to_owned),
        request_key: None,
        before: params.get("cursor", "`next` of the page before")?,
        limit,
    };
    let items = app.engine.runs(filter).await?;
    let full = items.len() >= limit as usize;
    let next = items.last().filter(|_| full).map(|run| run.id.to_string());
    Ok(Reply(Page { items, next }))
}

/// One run.
#[utoipa::path(get, path = "/api/v1/runs/{id}", tag = "runs",
    params(("id" = RunId, Path, description = "Id of the run.")),
    responses((status = 200, description = "The run.", body = Run)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn get_run(State(app): State<Arc<App>>, Id(id): Id<RunId>) -> Answer<Reply<Run>> {
    Ok(Reply(app.engine.run(id).await?))
}

/// What the log of a run says so far: its messages, and its steps as a trace.
#[utoipa::path(get, path = "/api/v1/runs/{id}/trace", tag = "runs",
    params(("id" = RunId, Path, description = "Id of the run.")),
    responses((status = 200, description = "The trace.", body = Trace)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn get_trace(State(app): State<Arc<App>>, Id(id): Id<RunId>) -> Answer<Reply<Trace>> {
    Ok(Reply(app.engine.trace(id).await?))
}

/// Asks the peer to stop a run, and says what became of it. Closing an event stream stops nothing.
#[utoipa::path(post, path = "/api/v1/runs/{id}/cancel", tag = "runs",
    params(("id" = RunId, Path, description = "Id of the run.")),
    responses((status = 200, description = "What became of the request.", body = CancelReport, example = json!({
        "effect": "stopped", "message": "n8n stopped execution 118.",
    }))),
    extensions(("x-errors" = json!(["not_found", "run_ended"]))))]
pub(crate) async fn cancel_run(
    State(app): State<Arc<App>>,
    Id(id): Id<RunId>,
) -> Answer<Reply<CancelReport>> {
    Ok(Reply(app.engine.cancel(id).await?))
}

/// Answers a question that a run waits for (an `input_required` event).
#[utoipa::path(post, path = "/api/v1/runs/{id}/input", tag = "runs",
    params(("id" = RunId, Path, description = "Id of the run.")),
    request_body(content = AnswerInput, example = json!({
        "request_id": "wait-1", "answer": {"choice": "approve"},
    })),
    responses((status = 200, description = "The run after the answer.", body = Run)),
    extensions(("x-errors" = json!(["not_found", "not_waiting", "run_ended", "invalid_input", "answer_rejected"]))))]
pub(crate) async fn answer_input(
    State(app): State<Arc<App>>,
    Id(id): Id<RunId>,
    Json(body): Json<AnswerInput>,
) -> Answer<Reply<Run>> {
    Ok(Reply(app.engine.answer(id, &body.request_id, body.answer).await?))
}
