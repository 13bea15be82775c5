//! One place where every error becomes an RFC 9457 problem document and every answer gets its security headers.

use std::{any::Any, sync::Arc, time::Instant};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use jackfield_protocol::{
    api::Problem,
    error::{ErrorCode, Failure},
};

use crate::{BasePath, state::App};

/// What handlers fail with. Becomes a problem document in [`finish`], which alone knows the base path.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    failure: Box<Failure>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl ApiError {
    /// Says when to try again.
    pub(crate) fn retry_after(self, seconds: u32) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Adds a header to the answer.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        Self { failure: Box::new(failure), headers: Vec::new() }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = status(self.failure.code).into_response();
        response.headers_mut().extend(self.headers);
        response.extensions_mut().insert(*self.failure);
        response
    }
}

fn status(code: ErrorCode) -> StatusCode {
    StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The document for a failure.
pub(crate) fn problem(base: &BasePath, failure: Failure) -> Problem {
    Problem {
        kind: base.join(&format!("/api/v1/errors/{}", failure.code)),
        title: failure.code.title().to_owned(),
        status: failure.code.http_status(),
        detail: failure.message,
        code: failure.code,
        hint: failure.hint,
        place: failure.place,
        peer_status: failure.peer_status,
        faults: failure.faults,
    }
}

/// What the client sees of a panic; the panic itself is in the hub's own log.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    let failure = Failure::internal("The hub met a defect while it worked on this request.")
        .hint("The hub's log tells more. Please report it with what you did.");
    ApiError::from(failure).into_response()
}

/// No route has this path.
pub(crate) async fn no_such_path(request: Request) -> ApiError {
    let failure = Failure::not_found("path", request.uri().path());
    failure.hint("The paths are listed in /api/v1/openapi.json (behind the base path, if one is set).").into()
}

/// The outermost layer.
pub(crate) async fn finish(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    // The path only: the query of /sign-in holds a secret.
    let path = request.uri().path().to_owned();
    let mut response = render(&app.config.base_path, next.run(request).await);
    secure(response.headers_mut());
    let status = response.status().as_u16();
    let ms = begun.elapsed().as_millis();
    if status >= 500 {
        tracing::warn!(target: "jackfield::http", %method, path, status, ms, "request failed");
    } else {
        tracing::debug!(target: "jackfield::http", %method, path, status, ms, "request");
    }
    response
}

fn render(base: &BasePath, mut response: Response) -> Response {
    let failure = match response.extensions_mut().remove::<Failure>() {
        Some(failure) => failure,
        None if response.status() == StatusCode::METHOD_NOT_ALLOWED => {
            Failure::new(ErrorCode::MethodNotAllowed, "This path does not take this method.")
                .hint("The Allow header names the methods it takes.")
        }
        None => return response,
    };
    let body = serde_json::to_vec(&problem(base, failure)).unwrap_or_default();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    *response.body_mut() = Body::from(body);
    response
}

fn secure(headers: &mut HeaderMap) {
    let defaults = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
