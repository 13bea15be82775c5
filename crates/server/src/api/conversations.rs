//! Conversations: the chats around runs.

use std::sync::Arc;

use axum::{Json as Reply, extract::State, http::StatusCode, response::Response};
use jackfield_protocol::{
    api::{ConversationChange, ConversationView, NewConversation, Page},
    error::{ErrorCode, Failure},
    ids::ConversationId,
    port::{Conversation, ConversationFilter},
};

use super::{Answer, backends::created};
use crate::{
    extract::{Id, Json},
    params::Params,
    state::App,
};

/// Longest title, in characters.
const LONGEST_TITLE: usize = 200;

/// Conversations, last used first.
#[utoipa::path(get, path = "/api/v1/conversations", tag = "conversations",
    params(
        ("q" = Option<String>, Query, description = "Only with this text in the title or in what was said; case does not matter.",
            example = "parcel"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, description = "At most this many, 1 to 500; default 50.", example = 50),
    ),
    responses((status = 200, description = "Conversations.", body = Page<Conversation>)))]
pub(crate) async fn list_conversations(
    State(app): State<Arc<App>>,
    params: Params,
) -> Answer<Reply<Page<Conversation>>> {
    let params = params.only(&["q", "cursor", "limit"])?;
    let limit = params.number("limit", 1, 500, 50)?;
    let filter = ConversationFilter {
        text: params.text("q")?.filter(|text| !text.is_empty()).map(str::to_owned),
        after: params.get("cursor", "`next` of the page before")?,
        limit,
    };
    let items = app.engine.conversations(&filter).await?;
    let full = items.len() >= limit as usize;
    let next = items.last().filter(|_| full).map(|conversation| conversation.id.to_string());
    Ok(Reply(Page { items, next }))
}

/// Begins a conversation.
#[utoipa::path(post, path = "/api/v1/conversations", tag = "conversations",
    request_body(content = NewConversation, example = json!({"title": "Travel plans"})),
    responses((status = 201, description = "Begun.", body = Conversation,
        headers(("Location" = String, description = "Where the conversation is.")))))]
pub(crate) async fn create_conversation(
    State(app): State<Arc<App>>,
    Json(new): Json<NewConversation>,
) -> Answer<Response> {
    fits(&new.title)?;
    let conversation = app.engine.create_conversation(new.title).await?;
    Ok(created(&app, &format!("/api/v1/conversations/{}", conversation.id), &conversation))
}

/// One conversation with what was said.
#[utoipa::path(get, path = "/api/v1/conversations/{id}", tag = "conversations",
    params(("id" = ConversationId, Path, description = "Id of the conversation.")),
    responses((status = 200, description = "The conversation.", body = ConversationView)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn get_conversation(
    State(app): State<Arc<App>>,
    Id(id): Id<ConversationId>,
) -> Answer<Reply<ConversationView>> {
    let (conversation, messages) = app.engine.conversation(id).await?;
    Ok(Reply(ConversationView { conversation, messages }))
}

/// Gives a conversation another title.
#[utoipa::path(patch, path = "/api/v1/conversations/{id}", tag = "conversations",
    params(("id" = ConversationId, Path, description = "Id of the conversation.")),
    request_body(content = ConversationChange, example = json!({"title": "Travel plans for June"})),
    responses((status = 200, description = "As it is now.", body = Conversation)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn change_conversation(
    State(app): State<Arc<App>>,
    Id(id): Id<ConversationId>,
    Json(change): Json<ConversationChange>,
) -> Answer<Reply<Conversation>> {
    fits(&change.title)?;
    Ok(Reply(app.engine.rename_conversation(id, change.title).await?))
}

/// Removes a conversation with what was said. Its runs stay.
#[utoipa::path(delete, path = "/api/v1/conversations/{id}", tag = "conversations",
    params(("id" = ConversationId, Path, description = "Id of the conversation.")),
    responses((status = 204, description = "Removed.")),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn remove_conversation(
    State(app): State<Arc<App>>,
    Id(id): Id<ConversationId>,
) -> Answer<StatusCode> {
    app.engine.delete_conversation(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn fits(title: &str) -> Result<(), Failure> {
    if title.chars().count() > LONGEST_TITLE {
        let message = format!("The title has more than {LONGEST_TITLE} characters.");
        return Err(Failure::new(ErrorCode::InvalidRequest, message).at("/title"));
    }
    Ok(())
}
