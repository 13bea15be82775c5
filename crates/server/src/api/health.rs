//! Whether the hub lives and can work.

use std::sync::Arc;

use axum::extract::State;
use jackfield_protocol::error::{ErrorCode, Failure};

use super::Answer;
use crate::state::App;

/// The process lives.
#[utoipa::path(get, path = "/healthz", tag = "health", security(()),
    responses((status = 200, description = "Always `ok`.", body = String, content_type = "text/plain")))]
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// The hub can work: its storage answers, and it is not shutting down.
#[utoipa::path(get, path = "/readyz", tag = "health", security(()),
    responses((status = 200, description = "`ready`.", body = String, content_type = "text/plain")),
    extensions(("x-errors" = json!(["shutting_down", "storage"]))))]
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Answer<&'static str> {
    if app.shutdown.is_cancelled() {
        return Err(Failure::new(ErrorCode::ShuttingDown, "The hub is shutting down.").into());
    }
    app.engine.ready().await?;
    Ok("ready\n")
}
