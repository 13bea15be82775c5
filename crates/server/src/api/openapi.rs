//! The document of the API itself.

use std::sync::Arc;

use axum::{Json as Reply, extract::State};
use utoipa::openapi::{OpenApi, ServerBuilder};

use crate::{document, state::App};

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "health", security(()),
    responses((status = 200, description = "OpenAPI 3.1.", body = Value)))]
pub(crate) async fn get_openapi(State(app): State<Arc<App>>) -> Reply<OpenApi> {
    let mut document = document::openapi();
    let base = app.config.base_path.as_str();
    if !base.is_empty() {
        document.servers = Some(vec![ServerBuilder::new().url(base).build()]);
    }
    Reply(document)
}
