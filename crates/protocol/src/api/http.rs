//! Bodies of single routes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::ErrorCode,
    ids::InputRequestId,
    model::InputAnswer,
    port::{ApiToken, ChatMessage, Conversation, DataUsage, Removable},
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

/// Answer of `GET /api/v1/data`: what is stored, and for how long.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DataView {
    /// Figures.
    #[serde(flatten)]
    pub usage: DataUsage,
    /// For how many days runs and conversations are kept; null: for ever.
    #[schema(required = true)]
    pub retention_days: Option<u32>,
    /// Old data is being removed.
    pub removing: bool,
    /// What is older than the days that were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removable: Option<Removable>,
}

/// Body of `PATCH /api/v1/data`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DataChange {
    /// For how many days runs and conversations are kept, 1 to 3650; null: for ever. Has to be said: an empty body
    /// must not keep everything.
    // A function of its own, so that a missing field is a fault.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true, minimum = 1, maximum = 3650)]
    pub retention_days: Option<u32>,
}

/// Answer of `GET /api/v1/licences`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Licences {
    /// The libraries, by name.
    pub packages: Vec<LicensedPackage>,
    /// Texts of licences, each once.
    pub texts: Vec<String>,
}

/// One library in the program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LicensedPackage {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The SPDX expression that it declares.
    pub licence: String,
    /// Where its source is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Places of its texts in `texts`; empty when it brings none.
    pub texts: Vec<usize>,
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
