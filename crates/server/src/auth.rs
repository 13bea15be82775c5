//! Tokens: in `Authorization: Bearer`, in `x-jackfield-token`, or in the cookie of a signed-in browser. Never in a URL.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use jackfield_protocol::error::{ErrorCode, Failure};

use crate::{Auth, problem::ApiError, state::App};

/// Name of the cookie; its value is the text of a token made for that browser.
pub(crate) const COOKIE: &str = "jackfield_session";

/// Our own header, for exporters whose `Authorization` is taken.
pub(crate) const TOKEN_HEADER: &str = "x-jackfield-token";

/// Longer texts are no tokens of ours and are not even hashed.
const LONGEST_TOKEN: usize = 200;

/// Lets a request pass when it carries a known token.
pub(crate) async fn require(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if app.config.auth == Auth::Required {
        authenticate(&app, request.method(), request.headers()).await?;
    }
    Ok(next.run(request).await)
}

/// Checks the token of a request.
pub(crate) async fn authenticate(app: &App, method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    let Some((token, place)) = token(headers) else {
        return Err(refuse(app, "The request carries no token.", "header:Authorization"));
    };
    let known = token.len() <= LONGEST_TOKEN && app.engine.authenticate(token).await?.is_some();
    if !known {
        return Err(refuse(app, "The token is not known to this hub.", place));
    }
    if place == "cookie" && !method.is_safe() && !from_own_page(headers) {
        let failure = Failure::new(
            ErrorCode::ForbiddenOrigin,
            "A request that changes something with a sign-in cookie must come from the hub's own page.",
        );
        return Err(failure
            .hint("Programs send a token as `Authorization: Bearer`.")
            .at("header:Origin")
            .into());
    }
    Ok(())
}

/// The token and where it was.
fn token(headers: &HeaderMap) -> Option<(&str, &'static str)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| (token.trim(), "header:Authorization"));
    }
    if let Some(value) = headers.get(TOKEN_HEADER) {
        return Some((value.to_str().ok()?.trim(), "header:x-jackfield-token"));
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| (value, "cookie"))
}

/// Browsers send one of these with every request that is not safe; the Origin's value was checked before.
fn from_own_page(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN)
        || headers.get("sec-fetch-site").is_some_and(|value| value.as_bytes() == b"same-origin")
}

fn refuse(app: &App, message: &str, place: &str) -> ApiError {
    let failure =
        Failure::new(ErrorCode::Unauthenticated, message).hint(app.config.token_hint.clone()).at(place);
    ApiError::from(failure)
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"jackfield\""))
}
