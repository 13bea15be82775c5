//! Tools.

use std::sync::Arc;

use axum::{Json as Reply, extract::State};
use jackfield_protocol::{api::Page, error::Failure, ids::ToolRowId, model::Tool};

use super::{Answer, backends::resolve};
use crate::{extract::Id, params::Params, state::App};

/// What can be called with a JSON Schema, from the last discovery.
#[utoipa::path(get, path = "/api/v1/tools", tag = "tools",
    params(("backend" = Option<String>, Query, description = "Only of this backend (id or name).", example = "my n8n")),
    responses((status = 200, description = "Tools, by backend and name.", body = Page<Tool>)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn list_tools(State(app): State<Arc<App>>, params: Params) -> Answer<Reply<Page<Tool>>> {
    let params = params.only(&["backend"])?;
    let backend = match params.text("backend")? {
        Some(name) => Some(resolve(&app, name).await?),
        None => None,
    };
    Ok(Reply(Page { items: app.engine.tools(backend).await?, next: None }))
}

/// One tool.
#[utoipa::path(get, path = "/api/v1/tools/{id}", tag = "tools",
    params(("id" = ToolRowId, Path, description = "Id of the tool.")),
    responses((status = 200, description = "The tool.", body = Tool)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn get_tool(State(app): State<Arc<App>>, Id(id): Id<ToolRowId>) -> Answer<Reply<Tool>> {
    let tool = app.engine.tools(None).await?.into_iter().find(|tool| tool.id == id);
    Ok(Reply(tool.ok_or_else(|| Failure::not_found("tool", id))?))
}
