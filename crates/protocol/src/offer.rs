//! What a peer offers beside workflows: tools, resources, prompts; and what is said about them.

use std::{collections::BTreeMap, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    error::{ErrorCode, Failure},
    ids::{BackendId, ToolRowId},
};

/// A tool as its backend describes it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ToolInfo {
    /// The peer's own name of it.
    pub name: String,
    /// Title to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of its arguments, as the peer wrote it.
    pub input_schema: Value,
    /// JSON Schema of its result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Value>,
    /// The peer's own hints (`readOnlyHint`, `destructiveHint`, …). Nobody has checked them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Value>,
    /// Whether it can run as a task: `required`, `optional` or `forbidden`, in the peer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_support: Option<String>,
    /// The whole definition as the peer sent it, every key kept.
    #[serde(default)]
    pub definition: Value,
    /// SHA-256 of the definition in canonical form, 64 hexadecimal digits: another fingerprint is another tool.
    #[serde(default)]
    pub fingerprint: String,
    /// Why it cannot be called, for a definition that is not valid. The tool is shown, and the others work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What a person should see before trusting the description: hidden characters and such.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl ToolInfo {
    /// Whether a call that may already have reached the peer can be sent again without doing anything twice,
    /// by the peer's own (unchecked) word.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        let hint = |name: &str| {
            self.annotations.as_ref().and_then(|all| all.get(name)).and_then(Value::as_bool) == Some(true)
        };
        hint("readOnlyHint") || hint("idempotentHint")
    }
}

/// A tool of a backend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tool {
    /// The hub's id; stable across discoveries.
    pub id: ToolRowId,
    /// Whose it is.
    pub backend_id: BackendId,
    /// Unique among all tools of the hub, and stable: `server__tool`, at most 64 characters of `[A-Za-z0-9_-]`.
    #[serde(default)]
    pub qualified_name: String,
    /// When a discovery last saw it.
    #[schema(value_type = String, format = DateTime)]
    pub discovered_at: Timestamp,
    /// False when the last discovery did not find it any more.
    pub present: bool,
    /// The definition differs from the one that was accepted (the first one seen, or the last one that a person accepted).
    #[serde(default)]
    pub changed: bool,
    /// The definition that was accepted, while another one is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Value>,
    /// What it is.
    #[serde(flatten)]
    pub info: ToolInfo,
}

/// Whether a tool can be called right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToolStatus {
    /// It can.
    Available,
    /// It can, but its definition changed and nobody has accepted that yet.
    Changed,
    /// Its definition is not valid; `problem` says why.
    Quarantined,
    /// The last discovery did not find it any more.
    Gone,
    /// Its backend cannot be reached: this is what was known last.
    BackendDown,
    /// Its backend is disabled.
    BackendDisabled,
}

impl ToolStatus {
    /// Every status.
    pub const ALL: &'static [Self] = &[
        Self::Available,
        Self::Changed,
        Self::Quarantined,
        Self::Gone,
        Self::BackendDown,
        Self::BackendDisabled,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Changed => "changed",
            Self::Quarantined => "quarantined",
            Self::Gone => "gone",
            Self::BackendDown => "backend_down",
            Self::BackendDisabled => "backend_disabled",
        }
    }
}

impl FromStr for ToolStatus {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        Self::ALL.iter().copied().find(|status| status.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|status| status.as_str()).collect();
            Failure::new(ErrorCode::InvalidRequest, format!("'{text}' is not a status of a tool."))
                .hint(format!("Use one of: {}.", known.join(", ")))
        })
    }
}

/// A tool with what is known around it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ToolView {
    /// The tool.
    #[serde(flatten)]
    pub tool: Tool,
    /// Name of its backend.
    pub backend: String,
    /// Whether it can be called.
    pub status: ToolStatus,
}

/// What a peer offers beside workflows and tools, and what it says of itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Offers {
    /// The peer's name, title, version, icons, in its own words.
    pub server: Value,
    /// What the peer says about how to use it. Not to be trusted more than the peer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Revision of its protocol, for example `2025-11-25`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// How it is reached: `stdio`, `streamable_http`, `http_sse`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport: Option<String>,
    /// Its capabilities, as it sent them.
    pub capabilities: Value,
    /// What can be read.
    pub resources: Vec<ResourceInfo>,
    /// What can be read once its variables are filled in.
    pub resource_templates: Vec<ResourceTemplateInfo>,
    /// Prompts.
    pub prompts: Vec<PromptInfo>,
    /// What was left out of this discovery, and why, in plain words.
    pub notes: Vec<String>,
}

/// Something that can be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResourceInfo {
    /// Its address.
    pub uri: String,
    /// Its name.
    pub name: String,
    /// Title to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The peer's own hints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Value>,
}

/// A family of resources.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResourceTemplateInfo {
    /// Its address as an RFC 6570 template.
    pub uri_template: String,
    /// Its name.
    pub name: String,
    /// Title to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

/// A prompt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PromptInfo {
    /// Its name.
    pub name: String,
    /// Title to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its arguments; all are text.
    #[serde(default)]
    pub arguments: Vec<PromptArgument>,
}

/// One argument of a prompt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PromptArgument {
    /// Its name.
    pub name: String,
    /// Title to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Must be given.
    #[serde(default)]
    pub required: bool,
}

/// One resource or prompt with its backend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Offered<T> {
    /// Whose it is.
    pub backend_id: BackendId,
    /// Name of its backend.
    pub backend: String,
    /// What it is.
    #[serde(flatten)]
    pub info: T,
}

/// What was read: one or several parts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResourceContents {
    /// The parts, in the peer's order.
    pub contents: Vec<ResourceContent>,
}

/// One part of a resource: `text` or `base64`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResourceContent {
    /// Its address.
    pub uri: String,
    /// Media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Bytes, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// A prompt filled in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PromptResult {
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The messages, in order.
    pub messages: Vec<PromptMessage>,
}

/// One message of a prompt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PromptMessage {
    /// `user` or `assistant`.
    pub role: String,
    /// Content as the peer sent it: text, image, audio, resource.
    pub content: Value,
}

/// What to complete: an argument of a prompt or a variable of a resource template.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompletionRequest {
    /// Name of the prompt; this or `uri_template`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The resource template; this or `prompt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri_template: Option<String>,
    /// Name of the argument or variable.
    pub argument: String,
    /// What has been typed so far.
    #[serde(default)]
    pub value: String,
    /// The other arguments so far.
    #[serde(default)]
    pub context: BTreeMap<String, String>,
}

/// Proposals, best first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Completion {
    /// At most 100.
    pub values: Vec<String>,
    /// How many there are in all, where the peer tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// There are more than these.
    #[serde(default)]
    pub has_more: bool,
}

/// Longest qualified name, in characters: what the strictest LLM API takes.
pub const LONGEST_NAME: usize = 64;

/// Makes the name under which a tool is known among those of all backends: `server__tool`. `is_taken` says which names
/// others have; a name that is too long or taken gets a tail made from `unique`, so that it stays the same at every call.
#[must_use]
pub fn qualified_name(backend: &str, tool: &str, unique: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let slug = |text: &str| -> String {
        let mapped = text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' });
        let mapped: String = mapped.collect();
        mapped.trim_matches('_').to_owned()
    };
    let server = match slug(backend) {
        slug if slug.is_empty() => "server".to_owned(),
        slug => slug.to_lowercase(),
    };
    let tool = match slug(tool) {
        slug if slug.is_empty() => "tool".to_owned(),
        slug => slug,
    };
    let plain = format!("{server}__{tool}");
    if plain.len() <= LONGEST_NAME && !is_taken(&plain) {
        return plain;
    }
    // FNV-1a: no secret hangs on it, it only has to differ.
    let hash = unique.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut attempt = 0_u64;
    loop {
        let tail = format!("_{:08x}", (hash ^ attempt.wrapping_mul(0x9e37_79b9)) as u32);
        let room = LONGEST_NAME - tail.len();
        let kept: String = plain.chars().take(room).collect();
        let name = format!("{kept}{tail}");
        if !is_taken(&name) {
            return name;
        }
        attempt += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_called_the_same_everywhere() {
        for status in ToolStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(status.as_str().parse::<ToolStatus>().unwrap(), *status);
        }
        assert!("down".parse::<ToolStatus>().unwrap_err().hint.unwrap().contains("backend_down"));
    }

    #[test]
    fn names_are_plain_where_they_can_be() {
        assert_eq!(qualified_name("My Files", "read_file", "x", |_| false), "my_files__read_file");
        assert_eq!(qualified_name("日本", "…", "x", |_| false), "server__tool");
    }

    #[test]
    fn long_and_taken_names_get_a_tail_that_stays() {
        let long = "t".repeat(100);
        let name = qualified_name("server", &long, "a", |_| false);
        assert_eq!(name.len(), LONGEST_NAME);
        assert_eq!(name, qualified_name("server", &long, "a", |_| false));
        assert_ne!(name, qualified_name("server", &long, "b", |_| false));
        let taken = qualified_name("a", "b", "x", |name| name == "a__b");
        assert!(taken.starts_with("a__b_") && taken.len() <= LONGEST_NAME, "{taken}");
        let twice = qualified_name("a", "b", "x", |name| name == "a__b" || name == taken);
        assert_ne!(twice, taken);
    }
}
