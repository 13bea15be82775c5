//! Identifiers. Those that the hub makes are UUIDv7, so they sort by the time of their making;
//! those that belong to a peer are opaque strings.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The text is not an identifier of this kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a {kind} id; expected a UUID such as 0198c0de-0000-7000-8000-000000000000")]
pub struct InvalidId {
    /// What kind of id was expected, for example `run`.
    pub kind: &'static str,
    /// What was given, cut to 80 characters.
    pub text: String,
}

macro_rules! uuid_id {
    ($(#[$meta:meta])* $name:ident, $kind:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = "uuid")]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, later in order than every id made before it on this machine.
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}:{}", $kind, self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| InvalidId { kind: $kind, text: text.chars().take(80).collect() })
            }
        }
    };
}

uuid_id!(
    /// One execution of a workflow, tool or agent loop.
    RunId,
    "run"
);
uuid_id!(
    /// One configured peer.
    BackendId,
    "backend"
);
uuid_id!(
    /// One workflow of one backend; stable across discoveries.
    WorkflowId,
    "workflow"
);
uuid_id!(
    /// One tool of one backend; stable across discoveries.
    ToolRowId,
    "tool"
);
uuid_id!(
    /// The chat around runs.
    ConversationId,
    "conversation"
);
uuid_id!(
    /// One sealed credential.
    CredentialId,
    "credential"
);
uuid_id!(
    /// One API token of the hub.
    TokenId,
    "token"
);
uuid_id!(
    /// One payload that is too large for an event.
    BlobId,
    "blob"
);

macro_rules! text_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String)]
        pub struct $name(pub String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

text_id!(
    /// One message inside a run; unique within the run.
    MessageId
);
text_id!(
    /// One step of a run's trace; unique within the run. Tool calls are steps too: a
    /// [`ToolCallId`] and a `StepId` of one run never collide.
    StepId
);
text_id!(
    /// One call of a tool inside a run; unique within the run.
    ToolCallId
);
text_id!(
    /// One question that a run waits for; unique within the run.
    InputRequestId
);

impl From<ToolCallId> for StepId {
    fn from(id: ToolCallId) -> Self {
        Self(id.0)
    }
}

/// Number of an event in its run's log: 1, 2, 3 … without gaps. 0 stands for "before the first".
pub type Seq = u64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_read_back() {
        let first = RunId::new();
        let second = RunId::new();
        assert!(first < second);
        assert_eq!(first.to_string().parse::<RunId>(), Ok(first));
    }

    #[test]
    fn a_wrong_id_says_what_was_expected() {
        let error = "abc".parse::<BackendId>().unwrap_err();
        assert!(error.to_string().contains("'abc' is not a backend id"));
    }
}
