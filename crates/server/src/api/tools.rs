//! Tools: listed, shown, accepted, called.

use std::{str::FromStr as _, sync::Arc};

use axum::{Json as Reply, extract::State, http::HeaderMap, response::Response};
use jackfield_protocol::{
    api::{CallTool, Page},
    error::Failure,
    ids::ToolRowId,
    model::{Run, ToolStatus, ToolView},
};

use super::{
    Answer,
    backends::{created, resolve},
};
use crate::{
    extract::{Json, Name, request_key},
    params::Params,
    state::App,
};

/// What can be called with a JSON Schema, from the last discovery. A tool whose backend is down is listed as it was
/// last known.
#[utoipa::path(get, path = "/api/v1/tools", tag = "tools",
    params(
        ("backend" = Option<String>, Query, description = "Only of this backend (id or name).", example = "my files"),
        ("q" = Option<String>, Query, description = "Only with this text in name, title or description; case does not \
            matter.", example = "search"),
        ("status" = Option<ToolStatus>, Query, description = "Only with this status; may be repeated."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<usize>, Query, description = "At most this many, 1 to 1000; default 500.", example = 500),
    ),
    responses((status = 200, description = "A page of tools, by qualified name.", body = Page<ToolView>)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn list_tools(State(app): State<Arc<App>>, params: Params) -> Answer<Reply<Page<ToolView>>> {
    let params = params.only(&["backend", "q", "status", "cursor", "limit"])?;
    let backend = match params.text("backend")? {
        Some(name) => Some(resolve(&app, name).await?),
        None => None,
    };
    let statuses = params
        .all("status")
        .map(|text| ToolStatus::from_str(text).map_err(|failure| failure.at("query:status")))
        .collect::<Result<Vec<_>, Failure>>()?;
    let q = params.text("q")?.map(str::to_lowercase);
    let limit = params.number("limit", 1, 1000, 500)?;
    let fits = |view: &ToolView| {
        (statuses.is_empty() || statuses.contains(&view.status))
            && q.as_deref().is_none_or(|q| mentions(view, q))
    };
    let items = app.engine.tool_views(backend, params.text("cursor")?, limit, fits).await?;
    let full = items.len() >= limit;
    let next = items.last().filter(|_| full).map(|view| view.tool.qualified_name.clone());
    Ok(Reply(Page { items, next }))
}

/// One tool.
#[utoipa::path(get, path = "/api/v1/tools/{id}", tag = "tools",
    params(("id" = String, Path, description = "Id or qualified name of the tool; or its own name where only one backend \
        has such a tool.", example = "my_files__read_file")),
    responses((status = 200, description = "The tool.", body = ToolView)),
    extensions(("x-errors" = json!(["not_found", "conflict"]))))]
pub(crate) async fn get_tool(State(app): State<Arc<App>>, Name(name): Name) -> Answer<Reply<ToolView>> {
    Ok(Reply(app.engine.find_tool(&name).await?))
}

/// Calls a tool. The call is a run: it is written down before the answer comes, goes on whoever watches it, and its events
/// tell how it goes. Arguments that do not fit the tool's schema are refused, each fault with its place.
#[utoipa::path(post, path = "/api/v1/tools/{id}/call", tag = "tools",
    params(("id" = String, Path, description = "Id or qualified name of the tool; or its own name where only one backend \
        has such a tool.", example = "my_files__read_file"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat a request that had no answer with the same key: \
            the run is started once, and given again. 1 to 200 visible ASCII characters.")),
    request_body(content = CallTool, example = json!({"arguments": {"path": "notes.txt"}})),
    responses((status = 201, description = "Written down.", body = Run,
        headers(("Location" = String, description = "Where the run is; its events are below it.")))),
    extensions(("x-errors" = json!(["not_found", "invalid_input", "not_runnable", "conflict", "too_many_runs",
        "secret_unreadable", "shutting_down"]))))]
pub(crate) async fn call_tool(
    State(app): State<Arc<App>>,
    Name(name): Name,
    headers: HeaderMap,
    Json(mut call): Json<CallTool>,
) -> Answer<Response> {
    call.request_key = request_key(&headers)?;
    let run = app.engine.call_tool(tool_id(&app, &name).await?, call).await?;
    Ok(created(&app, &format!("/api/v1/runs/{}", run.id), &run))
}

/// Accepts the present definition of a tool whose definition changed.
#[utoipa::path(post, path = "/api/v1/tools/{id}/accept", tag = "tools",
    params(("id" = String, Path, description = "Id or qualified name of the tool.", example = "my_files__read_file")),
    responses((status = 200, description = "As it is now.", body = ToolView)),
    extensions(("x-errors" = json!(["not_found", "conflict"]))))]
pub(crate) async fn accept_tool(State(app): State<Arc<App>>, Name(name): Name) -> Answer<Reply<ToolView>> {
    Ok(Reply(app.engine.accept_tool(tool_id(&app, &name).await?).await?))
}

/// An id needs no look-up of its own.
async fn tool_id(app: &App, name: &str) -> Answer<ToolRowId> {
    match name.parse() {
        Ok(id) => Ok(id),
        Err(_) => Ok(app.engine.find_tool(name).await?.tool.id),
    }
}

fn mentions(view: &ToolView, q: &str) -> bool {
    let info = &view.tool.info;
    let texts =
        [Some(&view.tool.qualified_name), Some(&info.name), info.title.as_ref(), info.description.as_ref()];
    texts.into_iter().flatten().any(|text| text.to_lowercase().contains(q))
}
