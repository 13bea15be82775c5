//! Signing a browser in with a one-time link.

use std::sync::Arc;

use axum::{
    Json as Reply,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use jackfield_protocol::{
    api::SignInLink,
    error::{ErrorCode, Failure},
    time,
};
use secrecy::ExposeSecret as _;

use super::Answer;
use crate::{SignInCodes, auth::COOKIE, params::Params, state::App, ui};

/// How long a browser stays signed in, in seconds: 30 days. Deleting its token signs it out at once.
const COOKIE_SECONDS: u32 = 30 * 24 * 60 * 60;

/// Makes a one-time link that signs a browser in.
#[utoipa::path(post, path = "/api/v1/sign-in", tag = "access",
    responses((status = 200, description = "The link.", body = SignInLink)))]
pub(crate) async fn create_sign_in_link(State(app): State<Arc<App>>) -> Reply<SignInLink> {
    let expires_at = time::now();
    let expires_at = expires_at.checked_add(SignInCodes::LIFETIME).unwrap_or(expires_at);
    let code = app.config.sign_in.mint();
    let path = app.config.base_path.join(&format!("/sign-in?code={}", code.expose_secret()));
    Reply(SignInLink { path, expires_at })
}

/// Exchanges the code of a one-time link for a cookie. The code works once, for ten minutes.
#[utoipa::path(get, path = "/sign-in", tag = "access", security(()),
    params(("code" = String, Query, description = "The code of the link.")),
    responses((status = 303, description = "Signed in; goes on to the page of the hub.")),
    extensions(("x-errors" = json!(["unauthenticated"]))))]
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    method: Method,
    params: Params,
    headers: HeaderMap,
) -> Answer<Response> {
    // Previews of links ask with HEAD; they must not use the code up.
    if method == Method::HEAD {
        return Ok(StatusCode::OK.into_response());
    }
    let params = params.only(&["code"])?;
    let code = params.text("code")?.unwrap_or_default();
    if !app.config.sign_in.redeem(code) {
        let hint =
            "Links work once, for ten minutes. Ask the hub for a new one: it prints one when it starts.";
        if headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/html")) {
            let mut page = ui::text_page(&app.config.base_path, "This sign-in link does not work", hint);
            *page.status_mut() = StatusCode::UNAUTHORIZED;
            return Ok(page);
        }
        let failure = Failure::new(ErrorCode::Unauthenticated, "This sign-in code does not work (any more).");
        return Err(failure.hint(hint).at("query:code").into());
    }
    let (_, token) = app.engine.create_token("Browser sign-in".to_owned()).await?;
    let base = app.config.base_path.as_str();
    let secure = if app.config.secure_cookie { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={}; Path={base}/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Strict{secure}",
        token.expose_secret()
    );
    let invalid = || Failure::internal("The sign-in cookie could not be made.");
    let mut cookie = HeaderValue::from_str(&cookie).map_err(|_| invalid())?;
    cookie.set_sensitive(true);
    let location = HeaderValue::from_str(&format!("{base}/")).map_err(|_| invalid())?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location), (header::SET_COOKIE, cookie)]).into_response())
}
