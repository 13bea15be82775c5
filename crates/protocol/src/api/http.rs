//! Bodies of single routes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::ErrorCode,
    ids::InputRequestId,
    model::InputAnswer,
    port::{ApiToken, ChatMessage, Conversation},
};

/// Body of `POST /api/v1/runs/{id}/input`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerInput {
    /// Which question: `request_id` of the `input_required` event.
    pub request_id: InputRequestId,
    /// The answer; may be left out where the question is a bare "go on".
    #[serde(default, deserialize_with = "super::object::object")]
    pub answer: InputAnswer,
}

/// Body of `POST /api/v1/conversations`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewConversation {
    /// Title to show, at most 200 characters; may be empty.
    pub title: String,
}

/// Body of `PATCH /api/v1/conversations/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConversationChange {
    /// New title, at most 200 characters; may be empty.
    pub title: String,
}

/// Answer of `GET /api/v1/conversations/{id}`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct ConversationView {
    /// The chat.
    #[serde(flatten)]
    pub conversation: Conversation,
    /// What was said, in order.
    pub messages: Vec<ChatMessage>,
}

/// Body of `POST /api/v1/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for; 1 to 80 characters.
    pub name: String,
}

/// Answer of `POST /api/v1/tokens`.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct CreatedToken {
    /// The token.
    #[serde(flatten)]
    pub token: ApiToken,
    /// Its text, shown this once: only its hash is kept.
    pub text: String,
}

impl std::fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedToken").field("token", &self.token).finish_non_exhaustive()
    }
}

/// Answer of `POST /api/v1/sign-in`.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct SignInLink {
    /// Path and query of the link, to be put behind the hub's address; works once.
    pub path: String,
    /// Until when it works.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for SignInLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInLink").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// One error code with its page, as `GET /api/v1/errors/{code}` gives it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct ErrorPage {
    /// The stable code.
    pub code: ErrorCode,
    /// A title of a few words.
    pub title: String,
    /// The HTTP status that comes with it when a request ends in it.
    pub status: u16,
    /// What it means and what to check, in Markdown.
    pub page: String,
}
