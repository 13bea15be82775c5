//! MCP servers from configurations and registries, and back into configurations.

use std::sync::Arc;

use axum::{Json as Reply, extract::State};
use jackfield_protocol::{
    api::{
        ExportFormat, ImportPlace, ImportReport, ImportRequest, InstallRequest, McpExport, Page, RegistryPage,
    },
    error::{ErrorCode, Failure},
    port::RegistryQuery,
};

use super::Answer;
use crate::{
    extract::Json,
    params::{Params, unfit},
    state::App,
};

/// Reads the configuration in which another program keeps its MCP servers. Unless `dry_run` is false nothing is added: the
/// report tells every command line, what is missing, and what would be added.
#[utoipa::path(post, path = "/api/v1/import", tag = "backends",
    request_body(content = ImportRequest, example = json!({
        "document": "{\"mcpServers\": {\"time\": {\"command\": \"uvx\", \"args\": [\"mcp-server-time\"]}}}",
        "dry_run": true,
    })),
    responses((status = 200, description = "What it holds and what was added; also when single servers could not be.",
        body = ImportReport)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn import(
    State(app): State<Arc<App>>,
    Json(request): Json<ImportRequest>,
) -> Answer<Reply<ImportReport>> {
    if request.place.is_some() {
        near(&app)?;
    }
    Ok(Reply(app.engine.import(request).await?))
}

/// The files in which other programs on the hub's machine keep their MCP servers. Only for a hub that nobody else reaches.
#[utoipa::path(get, path = "/api/v1/import/places", tag = "backends",
    responses((status = 200, description = "Where they are or would be.", body = Page<ImportPlace>)),
    extensions(("x-errors" = json!(["invalid_request"]))))]
pub(crate) async fn import_places(State(app): State<Arc<App>>) -> Answer<Reply<Page<ImportPlace>>> {
    near(&app)?;
    Ok(Reply(Page { items: app.engine.import_places().await?, next: None }))
}

/// MCP servers as another program's configuration. Secrets never leave: variables stand in their place.
#[utoipa::path(get, path = "/api/v1/export", tag = "backends",
    params(
        ("format" = ExportFormat, Query, description = "For which program."),
        ("backend" = Option<Vec<String>>, Query, explode,
            description = "Id or name of a backend; may be repeated. None: every MCP server."),
    ),
    responses((status = 200, description = "The configuration.", body = McpExport)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn export(State(app): State<Arc<App>>, params: Params) -> Answer<Reply<McpExport>> {
    let params = params.only(&["format", "backend"])?;
    let formats = ExportFormat::ALL.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ");
    let expected = format!("one of {formats}");
    let given = params.text("format")?.ok_or_else(|| {
        Failure::new(ErrorCode::InvalidRequest, format!("'format' is missing: {expected}."))
            .at("query:format")
    })?;
    let format = ExportFormat::ALL.iter().copied().find(|format| format.as_str() == given);
    let format = format.ok_or_else(|| unfit(given, "format", &expected))?;
    let backends: Vec<String> = params.all("backend").map(str::to_owned).collect();
    Ok(Reply(app.engine.export(format, &backends).await?))
}

/// Searches an MCP registry. The hub asks it, not the caller.
#[utoipa::path(get, path = "/api/v1/registry/servers", tag = "backends",
    params(
        ("registry" = Option<String>, Query, example = "https://registry.modelcontextprotocol.io",
            description = "Address of the registry; absent: the official one."),
        ("q" = Option<String>, Query, description = "Part of a server's name.", example = "filesystem"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Servers on a page; 30 unless given."),
    ),
    responses((status = 200, description = "The latest versions, in the registry's order.", body = RegistryPage)),
    extensions(("x-errors" = json!(["not_found", "invalid_url", "peer_unreachable", "peer_connect_timeout", "peer_tls",
        "peer_connection_lost", "peer_no_answer", "peer_silent", "peer_html", "peer_rejected", "peer_failed", "peer_rate_limited",
        "peer_bad_answer", "peer_answer_too_large"]))))]
pub(crate) async fn registry_servers(
    State(app): State<Arc<App>>,
    params: Params,
) -> Answer<Reply<RegistryPage>> {
    let params = params.only(&["registry", "q", "cursor", "limit"])?;
    let query = RegistryQuery {
        search: params.text("q")?.map(str::to_owned),
        cursor: params.text("cursor")?.map(str::to_owned),
        limit: params.number("limit", 1, 100, 30)?,
    };
    Ok(Reply(app.engine.registry_servers(params.text("registry")?, &query).await?))
}

/// Installs a server of a registry: one entry for each way to it. Unless `dry_run` is false nothing is added.
#[utoipa::path(post, path = "/api/v1/registry/install", tag = "backends",
    request_body(content = InstallRequest, example = json!({
        "server": "io.github.example/weather", "version": "1.0.2", "way": "npm", "variables": {"WEATHER_API_KEY": "…"},
    })),
    responses((status = 200, description = "In which ways it can be had, and what was added.", body = ImportReport)),
    extensions(("x-errors" = json!(["not_found", "invalid_url", "peer_unreachable", "peer_connect_timeout", "peer_tls",
        "peer_connection_lost", "peer_no_answer", "peer_silent", "peer_html", "peer_rejected", "peer_failed", "peer_rate_limited",
        "peer_bad_answer", "peer_answer_too_large"]))))]
pub(crate) async fn registry_install(
    State(app): State<Arc<App>>,
    Json(request): Json<InstallRequest>,
) -> Answer<Reply<ImportReport>> {
    Ok(Reply(app.engine.install(request).await?))
}

/// The files of the hub's machine are for whoever sits at it: not where the hub can be reached from elsewhere, by itself or
/// through a proxy.
fn near(app: &App) -> Result<(), Failure> {
    let is_local = app.listen.is_some_and(|ip| ip.is_loopback()) && app.config.allowed_hosts.is_empty();
    if is_local {
        return Ok(());
    }
    let message = "Files of the hub's machine are read only where the hub listens on loopback and answers for no other host.";
    Err(Failure::new(ErrorCode::InvalidRequest, message)
        .hint("Run `jackfield import --from …` where the file is, or send its text as `document`."))
}
