//! Platforms and backends.

use std::sync::Arc;

use axum::{
    Json as Reply,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jackfield_protocol::{
    api::{BackendChange, BackendView, DiscoveryReport, NewBackend, Page},
    ids::BackendId,
    model::ConnectionReport,
    port::PlatformInfo,
};

use super::Answer;
use crate::{
    extract::{Json, Name},
    state::App,
};

/// The kinds of peers that can be connected, with the JSON Schemas of their options and secrets.
#[utoipa::path(get, path = "/api/v1/platforms", tag = "backends",
    responses((status = 200, description = "All platforms.", body = Page<PlatformInfo>)))]
pub(crate) async fn list_platforms(State(app): State<Arc<App>>) -> Reply<Page<PlatformInfo>> {
    Reply(Page { items: app.engine.platforms(), next: None })
}

/// All backends with the state of their connections.
#[utoipa::path(get, path = "/api/v1/backends", tag = "backends",
    responses((status = 200, description = "All backends, by name.", body = Page<BackendView>)))]
pub(crate) async fn list_backends(State(app): State<Arc<App>>) -> Answer<Reply<Page<BackendView>>> {
    Ok(Reply(Page { items: app.engine.backends().await?, next: None }))
}

/// Adds a backend. Its first check and discovery begin by themselves.
#[utoipa::path(post, path = "/api/v1/backends", tag = "backends",
    request_body(content = NewBackend, example = json!({
        "name": "my n8n", "platform": "n8n", "base_url": "https://n8n.example.com",
        "secrets": {"api_key": "…"},
    })),
    responses((status = 201, description = "Added.", body = BackendView,
        headers(("Location" = String, description = "Where the backend is.")))),
    extensions(("x-errors" = json!(["invalid_url", "invalid_config", "conflict"]))))]
pub(crate) async fn add_backend(
    State(app): State<Arc<App>>,
    Json(new): Json<NewBackend>,
) -> Answer<Response> {
    let view = app.engine.add_backend(new, false).await?;
    Ok(created(&app, &format!("/api/v1/backends/{}", view.backend.id), &view))
}

/// Tests a connection before it is saved. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/backends/test", tag = "backends",
    request_body(content = NewBackend, example = json!({
        "name": "my n8n", "platform": "n8n", "base_url": "https://n8n.example.com",
        "secrets": {"api_key": "…"},
    })),
    responses((status = 200, description = "What was found, check by check; also when a check failed.",
        body = ConnectionReport)),
    extensions(("x-errors" = json!(["invalid_url", "invalid_config"]))))]
pub(crate) async fn test_new_backend(
    State(app): State<Arc<App>>,
    Json(new): Json<NewBackend>,
) -> Answer<Reply<ConnectionReport>> {
    Ok(Reply(app.engine.test_new(new).await?))
}

/// One backend, by id or by name.
#[utoipa::path(get, path = "/api/v1/backends/{id}", tag = "backends",
    params(("id" = String, Path, description = "Id or name of the backend.", example = "my n8n")),
    responses((status = 200, description = "The backend.", body = BackendView)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn get_backend(State(app): State<Arc<App>>, Name(name): Name) -> Answer<Reply<BackendView>> {
    Ok(Reply(app.engine.backend(&name).await?))
}

/// Changes a backend: what is absent stays as it is.
#[utoipa::path(patch, path = "/api/v1/backends/{id}", tag = "backends",
    params(("id" = String, Path, description = "Id or name of the backend.", example = "my n8n")),
    request_body(content = BackendChange, example = json!({"enabled": false})),
    responses((status = 200, description = "As it is now.", body = BackendView)),
    extensions(("x-errors" = json!(["not_found", "invalid_url", "invalid_config", "conflict"]))))]
pub(crate) async fn change_backend(
    State(app): State<Arc<App>>,
    Name(name): Name,
    Json(change): Json<BackendChange>,
) -> Answer<Reply<BackendView>> {
    let id = resolve(&app, &name).await?;
    Ok(Reply(app.engine.change_backend(id, change).await?))
}

/// Removes a backend with its secrets, workflows and runs.
#[utoipa::path(delete, path = "/api/v1/backends/{id}", tag = "backends",
    params(("id" = String, Path, description = "Id or name of the backend.", example = "my n8n")),
    responses((status = 204, description = "Removed.")),
    extensions(("x-errors" = json!(["not_found", "conflict"]))))]
pub(crate) async fn remove_backend(State(app): State<Arc<App>>, Name(name): Name) -> Answer<StatusCode> {
    let id = resolve(&app, &name).await?;
    app.engine.remove_backend(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tests the connection of a backend now; its health follows.
#[utoipa::path(post, path = "/api/v1/backends/{id}/test", tag = "backends",
    params(("id" = String, Path, description = "Id or name of the backend.", example = "my n8n")),
    responses((status = 200, description = "What was found, check by check; also when a check failed.",
        body = ConnectionReport)),
    extensions(("x-errors" = json!(["not_found", "secret_unreadable"]))))]
pub(crate) async fn test_backend(
    State(app): State<Arc<App>>,
    Name(name): Name,
) -> Answer<Reply<ConnectionReport>> {
    let id = resolve(&app, &name).await?;
    Ok(Reply(app.engine.test_backend(id).await?))
}

/// Tests what a backend would be after a change, with the secrets that are stored for it. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/backends/{id}/test-change", tag = "backends",
    params(("id" = String, Path, description = "Id or name of the backend.", example = "my n8n")),
    request_body(content = BackendChange, example = json!({"base_url": "https://n8n.example.com"})),
    responses((status = 200, description = "What was found, check by check; also when a check failed.",
        body = ConnectionReport)),
    extensions(("x-errors" = json!(["not_found", "invalid_url", "invalid_config", "secret_unreadable"]))))]
pub(crate) async fn test_change(
    State(app): State<Arc<App>>,
    Name(name): Name,
    Json(change): Json<BackendChange>,
) -> Answer<Reply<ConnectionReport>> {
    let id = resolve(&app, &name).await?;
    Ok(Reply(app.engine.test_change(id, change).await?))
}

/// Reads anew what a backend can run and which tools it has.
#[utoipa::path(post, path = "/api/v1/backends/{id}/discover", tag = "backends",
    params(("id" = String, Path, description = "Id or name of the backend.", example = "my n8n")),
    responses((status = 200, description = "What was found.", body = DiscoveryReport)),
    extensions(("x-errors" = json!(["not_found", "peer_unreachable", "peer_connect_timeout", "peer_tls",
        "peer_no_answer", "peer_html", "peer_unauthorized", "peer_scope_missing", "peer_failed",
        "peer_bad_answer"]))))]
pub(crate) async fn discover_backend(
    State(app): State<Arc<App>>,
    Name(name): Name,
) -> Answer<Reply<DiscoveryReport>> {
    let id = resolve(&app, &name).await?;
    Ok(Reply(app.engine.discover(id).await?))
}

/// The id of a backend that is given by name or id.
pub(super) async fn resolve(app: &App, name: &str) -> Answer<BackendId> {
    Ok(app.engine.backend(name).await?.backend.id)
}

/// The answer 201, with the address of what was made.
pub(super) fn created(app: &App, path: &str, body: &impl serde::Serialize) -> Response {
    let mut headers = HeaderMap::new();
    if let Ok(location) = HeaderValue::from_str(&app.config.base_path.join(path)) {
        headers.insert(header::LOCATION, location);
    }
    (StatusCode::CREATED, headers, Reply(body)).into_response()
}
