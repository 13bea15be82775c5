//! What MCP servers offer beside tools, and what their programs print.

use std::sync::Arc;

use axum::{Json as Reply, extract::State};
use jackfield_protocol::{
    api::{GetPrompt, Page, ReadResource},
    ids::BackendId,
    model::{
        Completion, CompletionRequest, Offered, PromptInfo, PromptResult, ResourceContents, ResourceInfo,
        ResourceTemplateInfo,
    },
    port::JournalLine,
};

use super::{Answer, backends::resolve};
use crate::{
    extract::{Json, Name},
    params::Params,
    state::App,
};

/// What can be read, from the last discovery.
#[utoipa::path(get, path = "/api/v1/resources", tag = "offers",
    params(
        ("backend" = Option<String>, Query, description = "Only of this backend (id or name).", example = "my files"),
        ("q" = Option<String>, Query, description = "Only with this text in address, name, title or description; case does \
            not matter.", example = "readme"),
    ),
    responses((status = 200, description = "Resources, by backend.", body = Page<Offered<ResourceInfo>>)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn list_resources(
    State(app): State<Arc<App>>,
    params: Params,
) -> Answer<Reply<Page<Offered<ResourceInfo>>>> {
    let (backend, q) = filter(&app, params).await?;
    let mut items = app.engine.resources(backend).await?;
    items.retain(|Offered { info, .. }| {
        mention([Some(&info.uri), Some(&info.name), info.title.as_ref(), info.description.as_ref()], &q)
    });
    Ok(Reply(Page { items, next: None }))
}

/// What can be read once its variables are filled in, from the last discovery.
#[utoipa::path(get, path = "/api/v1/resource-templates", tag = "offers",
    params(
        ("backend" = Option<String>, Query, description = "Only of this backend (id or name).", example = "my files"),
        ("q" = Option<String>, Query, description = "Only with this text in template, name, title or description; case does \
            not matter.", example = "readme"),
    ),
    responses((status = 200, description = "Templates, by backend.", body = Page<Offered<ResourceTemplateInfo>>)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn list_resource_templates(
    State(app): State<Arc<App>>,
    params: Params,
) -> Answer<Reply<Page<Offered<ResourceTemplateInfo>>>> {
    let (backend, q) = filter(&app, params).await?;
    let mut items = app.engine.resource_templates(backend).await?;
    items.retain(|Offered { info, .. }| {
        mention(
            [Some(&info.uri_template), Some(&info.name), info.title.as_ref(), info.description.as_ref()],
            &q,
        )
    });
    Ok(Reply(Page { items, next: None }))
}

/// Prompts, from the last discovery.
#[utoipa::path(get, path = "/api/v1/prompts", tag = "offers",
    params(
        ("backend" = Option<String>, Query, description = "Only of this backend (id or name).", example = "my files"),
        ("q" = Option<String>, Query, description = "Only with this text in name, title or description; case does not \
            matter.", example = "review"),
    ),
    responses((status = 200, description = "Prompts, by backend.", body = Page<Offered<PromptInfo>>)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn list_prompts(
    State(app): State<Arc<App>>,
    params: Params,
) -> Answer<Reply<Page<Offered<PromptInfo>>>> {
    let (backend, q) = filter(&app, params).await?;
    let mut items = app.engine.prompts(backend).await?;
    items.retain(|Offered { info, .. }| {
        mention([Some(&info.name), info.title.as_ref(), info.description.as_ref(), None], &q)
    });
    Ok(Reply(Page { items, next: None }))
}

/// Reads a resource from its server.
#[utoipa::path(post, path = "/api/v1/backends/{id}/resources/read", tag = "offers",
    params(("id" = String, Path, description = "Id or name of the backend.", example = "my files")),
    request_body(content = ReadResource, example = json!({"uri": "file:///notes.txt"})),
    responses((status = 200, description = "Its content, in one or several parts.", body = ResourceContents)),
    extensions(("x-errors" = json!(["not_found", "not_runnable", "secret_unreadable", "peer_unreachable",
        "peer_process", "peer_no_answer", "peer_unauthorized", "peer_sign_in", "peer_rejected", "peer_failed",
        "peer_bad_answer", "peer_answer_too_large", "shutting_down"]))))]
pub(crate) async fn read_resource(
    State(app): State<Arc<App>>,
    Name(name): Name,
    Json(body): Json<ReadResource>,
) -> Answer<Reply<ResourceContents>> {
    let id = resolve(&app, &name).await?;
    Ok(Reply(app.engine.read_resource(id, &body.uri).await?))
}

/// Has a prompt filled in by its server.
#[utoipa::path(post, path = "/api/v1/backends/{id}/prompts/get", tag = "offers",
    params(("id" = String, Path, description = "Id or name of the backend.", example = "my files")),
    request_body(content = GetPrompt, example = json!({"name": "review", "arguments": {"language": "Rust"}})),
    responses((status = 200, description = "The messages.", body = PromptResult)),
    extensions(("x-errors" = json!(["not_found", "not_runnable", "invalid_input", "secret_unreadable",
        "peer_unreachable", "peer_process", "peer_no_answer", "peer_unauthorized", "peer_sign_in", "peer_rejected",
        "peer_failed", "peer_bad_answer", "peer_answer_too_large", "shutting_down"]))))]
pub(crate) async fn get_prompt(
    State(app): State<Arc<App>>,
    Name(name): Name,
    Json(body): Json<GetPrompt>,
) -> Answer<Reply<PromptResult>> {
    let id = resolve(&app, &name).await?;
    Ok(Reply(app.engine.get_prompt(id, &body.name, &body.arguments).await?))
}

/// Asks a server for values of an argument of a prompt, or of a variable of a resource template.
#[utoipa::path(post, path = "/api/v1/backends/{id}/complete", tag = "offers",
    params(("id" = String, Path, description = "Id or name of the backend.", example = "my files")),
    request_body(content = CompletionRequest, example = json!({
        "prompt": "review", "argument": "language", "value": "Ru",
    })),
    responses((status = 200, description = "Proposals, best first.", body = Completion)),
    extensions(("x-errors" = json!(["not_found", "not_runnable", "secret_unreadable", "peer_unreachable",
        "peer_process", "peer_no_answer", "peer_unauthorized", "peer_sign_in", "peer_rejected", "peer_failed",
        "peer_bad_answer", "shutting_down"]))))]
pub(crate) async fn complete(
    State(app): State<Arc<App>>,
    Name(name): Name,
    Json(request): Json<CompletionRequest>,
) -> Answer<Reply<Completion>> {
    let id = resolve(&app, &name).await?;
    Ok(Reply(app.engine.complete(id, &request).await?))
}

/// The last lines that a server's own program printed and what happened to the connection, oldest first.
#[utoipa::path(get, path = "/api/v1/backends/{id}/journal", tag = "backends",
    params(("id" = String, Path, description = "Id or name of the backend.", example = "my files")),
    responses((status = 200, description = "The lines.", body = Page<JournalLine>)),
    extensions(("x-errors" = json!(["not_found", "secret_unreadable", "shutting_down"]))))]
pub(crate) async fn get_journal(
    State(app): State<Arc<App>>,
    Name(name): Name,
) -> Answer<Reply<Page<JournalLine>>> {
    let id = resolve(&app, &name).await?;
    Ok(Reply(Page { items: app.engine.journal(id).await?, next: None }))
}

async fn filter(app: &App, params: Params) -> Answer<(Option<BackendId>, Option<String>)> {
    let params = params.only(&["backend", "q"])?;
    let backend = match params.text("backend")? {
        Some(name) => Some(resolve(app, name).await?),
        None => None,
    };
    Ok((backend, params.text("q")?.map(str::to_lowercase)))
}

fn mention(texts: [Option<&String>; 4], q: &Option<String>) -> bool {
    q.as_deref().is_none_or(|q| texts.into_iter().flatten().any(|text| text.to_lowercase().contains(q)))
}
