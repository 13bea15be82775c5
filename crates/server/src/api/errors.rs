//! The pages about error codes.

use std::sync::Arc;

use axum::{
    Json as Reply,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use jackfield_protocol::{
    api::{ErrorPage, Page},
    error::{ErrorCode, Failure},
};

use super::Answer;
use crate::{state::App, ui};

/// Every error code with its page.
#[utoipa::path(get, path = "/api/v1/errors", tag = "errors", security(()),
    responses((status = 200, description = "The closed list of codes.", body = Page<ErrorPage>)))]
pub(crate) async fn list_errors() -> Reply<Page<ErrorPage>> {
    Reply(Page { items: ErrorCode::ALL.iter().copied().map(page).collect(), next: None })
}

/// The page about one error code: Markdown, or JSON or HTML where `Accept` asks for it.
#[utoipa::path(get, path = "/api/v1/errors/{code}", tag = "errors", security(()),
    params(("code" = String, Path, description = "The code.", example = "peer_unreachable")),
    responses((status = 200, description = "The page.", content(
        (String = "text/markdown"),
        (ErrorPage = "application/json"),
        (String = "text/html"),
    ))),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn get_error(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Answer<Response> {
    let Some(code) = ErrorCode::ALL.iter().copied().find(|known| known.as_str() == code) else {
        let shown: String = code.chars().take(80).collect();
        return Err(Failure::not_found("error code", shown).hint("/api/v1/errors lists them.").into());
    };
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") {
        return Ok(ui::text_page(&app.config.base_path, code.title(), code.page()));
    }
    if accept.contains("application/json") {
        return Ok(Reply(page(code)).into_response());
    }
    let markdown = HeaderValue::from_static("text/markdown; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, markdown)], code.page()).into_response())
}

fn page(code: ErrorCode) -> ErrorPage {
    ErrorPage {
        code,
        title: code.title().to_owned(),
        status: code.http_status(),
        page: code.page().to_owned(),
    }
}
