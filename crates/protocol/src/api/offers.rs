//! Requests and answers about tools, resources, prompts, sign-ins and the inbox.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    event::InputRequired,
    ids::{BackendId, ConversationId},
    model::Run,
};

/// Body of `POST /api/v1/tools/{id}/call`. The answer is the run: its events tell how the call goes.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CallTool {
    /// The arguments: an object that fits the tool's input schema.
    #[schema(value_type = Object)]
    pub arguments: Value,
    /// The chat it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// The header `Idempotency-Key`.
    #[serde(skip)]
    pub request_key: Option<String>,
}

/// Body of `POST /api/v1/backends/{id}/resources/read`.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadResource {
    /// Address of the resource.
    pub uri: String,
}

/// Body of `POST /api/v1/backends/{id}/prompts/get`.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GetPrompt {
    /// Name of the prompt.
    pub name: String,
    /// Its arguments.
    #[serde(default)]
    pub arguments: BTreeMap<String, String>,
}

/// Body of `POST /api/v1/backends/{id}/sign-in`.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BeginSignIn {
    /// Where the browser is to come back to; absent: to the hub's own `/oauth/callback`, at the address of this request.
    /// Must be on a loopback address or https.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
}

/// A sign-in that waits for its browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PendingSignIn {
    /// To open in a browser.
    pub url: String,
    /// What the browser brings back as `state`.
    pub state: String,
    /// After this it has to be begun anew.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// Something that waits for a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly all are of the large variant")]
pub enum InboxItem {
    /// A run asks.
    Question {
        /// The run.
        run: Run,
        /// Name of its backend.
        backend: String,
        /// What it asks.
        question: InputRequired,
        /// Since when.
        #[schema(value_type = String, format = DateTime)]
        asked_at: Timestamp,
    },
    /// A backend waits for somebody to sign in.
    SignIn {
        /// Which backend.
        backend_id: BackendId,
        /// Its name.
        backend: String,
        /// Since when.
        #[schema(value_type = String, format = DateTime)]
        asked_at: Timestamp,
    },
    /// A tool's definition changed and nobody has accepted that yet.
    ToolChanged {
        /// Which tool.
        tool_id: crate::ids::ToolRowId,
        /// Its qualified name.
        tool: String,
        /// Name of its backend.
        backend: String,
        /// Since when.
        #[schema(value_type = String, format = DateTime)]
        asked_at: Timestamp,
    },
}
