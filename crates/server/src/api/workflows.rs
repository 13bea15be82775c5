//! Workflows.

use std::sync::Arc;

use axum::{Json as Reply, extract::State};
use jackfield_protocol::{api::Page, ids::WorkflowId, model::Workflow};

use super::{Answer, backends::resolve};
use crate::{extract::Id, params::Params, state::App};

/// What the backends can run, from the last discovery.
#[utoipa::path(get, path = "/api/v1/workflows", tag = "workflows",
    params(
        ("backend" = Option<String>, Query, description = "Only of this backend (id or name).", example = "my n8n"),
        ("q" = Option<String>, Query, description = "Only with this text in name, description, tags or the peer's own id; \
            case does not matter.", example = "support"),
        ("runnable" = Option<bool>, Query, description = "Only those that the hub can run, or only those that it cannot.",
            example = true),
    ),
    responses((status = 200, description = "Workflows, by backend and name.", body = Page<Workflow>)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn list_workflows(
    State(app): State<Arc<App>>,
    params: Params,
) -> Answer<Reply<Page<Workflow>>> {
    let params = params.only(&["backend", "q", "runnable"])?;
    let backend = match params.text("backend")? {
        Some(name) => Some(resolve(&app, name).await?),
        None => None,
    };
    let runnable: Option<bool> = params.get("runnable", "true or false")?;
    let q = params.text("q")?.map(str::to_lowercase);
    let mut items = app.engine.workflows(backend).await?;
    items.retain(|workflow| {
        runnable.is_none_or(|wanted| workflow.info.runnable == wanted)
            && q.as_deref().is_none_or(|q| mentions(workflow, q))
    });
    Ok(Reply(Page { items, next: None }))
}

/// One workflow with its ways in and its graph.
#[utoipa::path(get, path = "/api/v1/workflows/{id}", tag = "workflows",
    params(("id" = WorkflowId, Path, description = "Id of the workflow.")),
    responses((status = 200, description = "The workflow.", body = Workflow)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn get_workflow(
    State(app): State<Arc<App>>,
    Id(id): Id<WorkflowId>,
) -> Answer<Reply<Workflow>> {
    Ok(Reply(app.engine.workflow(id).await?))
}

fn mentions(workflow: &Workflow, q: &str) -> bool {
    let info = &workflow.info;
    let texts = [Some(&info.name), info.description.as_ref(), Some(&info.external_id)];
    texts.into_iter().flatten().chain(&info.tags).any(|text| text.to_lowercase().contains(q))
}
