//! Tokens for programs.

use std::sync::Arc;

use axum::{Json as Reply, extract::State, http::StatusCode, response::Response};
use jackfield_protocol::{
    api::{CreatedToken, NewToken, Page},
    error::{ErrorCode, Failure},
    ids::TokenId,
    port::ApiToken,
};
use secrecy::ExposeSecret as _;

use super::{Answer, backends::created};
use crate::{
    extract::{Id, Json},
    state::App,
};

/// All tokens, without their texts.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "access",
    responses((status = 200, description = "Tokens.", body = Page<ApiToken>)))]
pub(crate) async fn list_tokens(State(app): State<Arc<App>>) -> Answer<Reply<Page<ApiToken>>> {
    Ok(Reply(Page { items: app.engine.tokens().await?, next: None }))
}

/// Makes a token. Its text is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "access",
    request_body(content = NewToken, example = json!({"name": "backup script"})),
    responses((status = 201, description = "Made.", body = CreatedToken)))]
pub(crate) async fn create_token(State(app): State<Arc<App>>, Json(new): Json<NewToken>) -> Answer<Response> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 80 {
        let message = "The name of a token has 1 to 80 characters.";
        return Err(Failure::new(ErrorCode::InvalidRequest, message).at("/name").into());
    }
    let (token, text) = app.engine.create_token(name.to_owned()).await?;
    let path = format!("/api/v1/tokens/{}", token.id);
    Ok(created(&app, &path, &CreatedToken { token, text: text.expose_secret().to_owned() }))
}

/// Takes a token back; it works no more.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "access",
    params(("id" = TokenId, Path, description = "Id of the token.")),
    responses((status = 204, description = "Taken back.")),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn delete_token(State(app): State<Arc<App>>, Id(id): Id<TokenId>) -> Answer<StatusCode> {
    app.engine.delete_token(id).await?;
    Ok(StatusCode::NO_CONTENT)
}
