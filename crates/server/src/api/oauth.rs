//! Signing in at a peer: the browser is sent there, and comes back here or to whoever began it.

use std::sync::Arc;

use axum::{
    Json as Reply,
    extract::State,
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use jackfield_protocol::{
    api::{BackendView, BeginSignIn, PendingSignIn},
    error::{ErrorCode, Failure},
    port::SignInAnswer,
};
use url::{Host, Url};

use super::{Answer, backends::resolve};
use crate::{
    extract::{Json, Name},
    params::Params,
    state::App,
    ui,
};

/// Where browsers come back to.
const CALLBACK: &str = "/oauth/callback";

/// Longest value that a browser brings back, in bytes.
const LONGEST: usize = 16 * 1024;

/// Begins a sign-in at a peer: open `url` in a browser. It has to end within ten minutes.
#[utoipa::path(post, path = "/api/v1/backends/{id}/sign-in", tag = "backends",
    params(("id" = String, Path, description = "Id or name of the backend.", example = "my files")),
    request_body(content = BeginSignIn, example = json!({})),
    responses((status = 200, description = "What to open, and what the browser brings back.", body = PendingSignIn)),
    extensions(("x-errors" = json!(["not_found", "not_runnable", "secret_unreadable", "peer_unreachable",
        "peer_connect_timeout", "peer_tls", "peer_no_answer", "peer_rejected", "peer_failed", "peer_bad_answer",
        "shutting_down"]))))]
pub(crate) async fn begin_sign_in(
    State(app): State<Arc<App>>,
    Name(name): Name,
    headers: HeaderMap,
    Json(body): Json<BeginSignIn>,
) -> Answer<Reply<PendingSignIn>> {
    let id = resolve(&app, &name).await?;
    let back = match body.redirect_uri {
        Some(uri) => usable(&uri).map_err(|failure| failure.at("/redirect_uri"))?,
        None => usable(&own_callback(&app, &headers))?,
    };
    Ok(Reply(app.engine.begin_sign_in(id, &back).await?))
}

/// Ends a sign-in with what the browser brought back.
#[utoipa::path(post, path = "/api/v1/backends/{id}/sign-in/finish", tag = "backends",
    params(("id" = String, Path, description = "Id or name of the backend.", example = "my files")),
    request_body(content = SignInAnswer, example = json!({"state": "…", "code": "…"})),
    responses((status = 200, description = "Signed in; the backend is checked now.", body = BackendView)),
    extensions(("x-errors" = json!(["not_found", "conflict", "peer_unreachable", "peer_no_answer", "peer_unauthorized",
        "peer_sign_in", "peer_rejected", "peer_failed", "peer_bad_answer"]))))]
pub(crate) async fn finish_sign_in(
    State(app): State<Arc<App>>,
    Name(name): Name,
    Json(answer): Json<SignInAnswer>,
) -> Answer<Reply<BackendView>> {
    let id = resolve(&app, &name).await?;
    Ok(Reply(app.engine.finish_sign_in(Some(id), &answer).await?))
}

/// Forgets a sign-in, here and, where it can be, at the peer.
#[utoipa::path(delete, path = "/api/v1/backends/{id}/sign-in", tag = "backends",
    params(("id" = String, Path, description = "Id or name of the backend.", example = "my files")),
    responses((status = 200, description = "Signed out; the backend is checked now.", body = BackendView)),
    extensions(("x-errors" = json!(["not_found", "secret_unreadable", "peer_unreachable", "peer_no_answer",
        "peer_failed", "shutting_down"]))))]
pub(crate) async fn sign_out(State(app): State<Arc<App>>, Name(name): Name) -> Answer<Reply<BackendView>> {
    let id = resolve(&app, &name).await?;
    Ok(Reply(app.engine.sign_out(id).await?))
}

/// Where a browser comes back to after a sign-in at a peer. `state` is what lets it in.
#[utoipa::path(get, path = "/oauth/callback", tag = "backends", security(()),
    params(
        ("state" = String, Query, description = "Which sign-in; it works once."),
        ("code" = Option<String>, Query, description = "The authorization code."),
        ("iss" = Option<String>, Query, description = "Who answers (RFC 9207)."),
        ("error" = Option<String>, Query, description = "Why there is no code."),
        ("error_description" = Option<String>, Query, description = "The same in words."),
    ),
    responses((status = 200, description = "A page that says that it worked.", body = String, content_type = "text/html")),
    extensions(("x-errors" = json!(["not_found", "conflict", "peer_unreachable", "peer_no_answer",
        "peer_unauthorized", "peer_sign_in", "peer_rejected", "peer_failed", "peer_bad_answer"]))))]
pub(crate) async fn callback(
    State(app): State<Arc<App>>,
    method: Method,
    params: Params,
    headers: HeaderMap,
) -> Answer<Response> {
    // Previews of links ask with HEAD; they must not end the sign-in.
    if method == Method::HEAD {
        return Ok(StatusCode::OK.into_response());
    }
    let done = match answer(&params) {
        Ok(answer) => app.engine.finish_sign_in(None, &answer).await,
        Err(failure) => Err(failure),
    };
    let base = &app.config.base_path;
    let failure = match done {
        Ok(view) => {
            let text = format!(
                "You are signed in at '{}'. The hub is connecting; this page can be closed.",
                view.backend.name
            );
            return Ok(ui::text_page(base, "Signed in", &text));
        }
        Err(failure) => failure,
    };
    if headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/html")) {
        let status = StatusCode::from_u16(failure.code.http_status()).unwrap_or(StatusCode::BAD_REQUEST);
        let text = [Some(failure.message), failure.hint].into_iter().flatten().collect::<Vec<_>>().join("\n");
        let mut page = ui::text_page(base, "The sign-in did not work", &text);
        *page.status_mut() = status;
        return Ok(page);
    }
    Err(failure.into())
}

/// What a browser brought back. What else is in the query is nobody's business: peers add what they like.
fn answer(params: &Params) -> Result<SignInAnswer, Failure> {
    let text = |name: &str| -> Result<Option<String>, Failure> {
        let text = params.text(name)?;
        if text.is_some_and(|text| text.len() > LONGEST) {
            let message = format!("'{name}' has more than {LONGEST} bytes.");
            return Err(Failure::new(ErrorCode::InvalidRequest, message).at(format!("query:{name}")));
        }
        Ok(text.map(str::to_owned))
    };
    Ok(SignInAnswer {
        state: text("state")?.unwrap_or_default(),
        code: text("code")?,
        iss: text("iss")?,
        error: text("error")?,
        error_description: text("error_description")?,
    })
}

/// The hub's own address as the one who asks sees it. Behind a proxy only a page's Origin, which was checked, tells the
/// scheme.
fn own_callback(app: &App, headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = match text(header::ORIGIN) {
        Some(origin) => origin.to_owned(),
        None => {
            let scheme = if app.config.secure_cookie { "https" } else { "http" };
            format!("{scheme}://{}", text(header::HOST).unwrap_or("localhost"))
        }
    };
    format!("{origin}{}", app.config.base_path.join(CALLBACK))
}

/// A code must not travel in the open: https, or a loopback address.
fn usable(uri: &str) -> Result<String, Failure> {
    let refuse = |why: &str| {
        let shown: String = uri.chars().take(200).collect();
        Failure::new(ErrorCode::InvalidRequest, format!("A browser cannot come back to '{shown}': {why}."))
            .hint("Use https or a loopback address; or sign in with `jackfield backend sign-in`.")
    };
    let url = Url::parse(uri).map_err(|_| refuse("it is no address"))?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => return Err(refuse("it is neither https nor on a loopback address")),
    }
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it has a fragment or a user in it"));
    }
    Ok(uri.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_travels_over_https_or_not_at_all() {
        for uri in [
            "https://hub.example/jackfield/oauth/callback",
            "http://127.0.0.1:49152/callback",
            "http://[::1]:7410/oauth/callback",
            "http://localhost:7410/oauth/callback",
        ] {
            assert_eq!(usable(uri).unwrap(), uri);
        }
        for uri in [
            "http://hub.example/oauth/callback",
            "http://192.168.1.5:7410/oauth/callback",
            "http://localhost.evil.example/",
            "custom:/callback",
            "https://hub.example/#x",
            "https://a:b@hub.example/",
            "nonsense",
        ] {
            assert_eq!(usable(uri).unwrap_err().code, ErrorCode::InvalidRequest, "{uri}");
        }
    }
}
