//! Errors: a closed list of codes, each with a status, a title and a short page that is compiled in.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $status:literal, $title:literal;)*) => {
        /// What kind of error it is. The list is closed: a new kind needs a new page in `errors/`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode {
            $($(#[$meta])* $variant,)*
        }

        impl ErrorCode {
            /// Every code, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// A title of a few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }

            /// The HTTP status that the hub answers with when a request ends in this error.
            #[must_use]
            pub fn http_status(self) -> u16 {
                match self { $(Self::$variant => $status),* }
            }

            /// The page: what it means and what to check, in Markdown.
            #[must_use]
            pub fn page(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("../errors/", $text, ".md"))),* }
            }
        }
    };
}

codes! {
    // Requests to the hub
    /// A field is missing, of the wrong type or out of bounds.
    InvalidRequest = "invalid_request", 400, "Invalid request";
    /// The body is not JSON.
    InvalidJson = "invalid_json", 400, "Not valid JSON";
    /// A URL cannot be used.
    InvalidUrl = "invalid_url", 400, "URL cannot be used";
    /// A backend's options or secrets do not fit its platform.
    InvalidConfig = "invalid_config", 400, "Configuration does not fit the platform";
    /// The input does not fit what the workflow or tool takes.
    InvalidInput = "invalid_input", 422, "Input does not fit";
    /// No such thing.
    NotFound = "not_found", 404, "Not found";
    /// The method is not for this path.
    MethodNotAllowed = "method_not_allowed", 405, "Method not allowed";
    /// It exists already, or changed meanwhile.
    Conflict = "conflict", 409, "Conflict";
    /// The body is larger than allowed.
    TooLarge = "too_large", 413, "Body too large";
    /// The media type is not one of those that the path takes.
    UnsupportedMediaType = "unsupported_media_type", 415, "Unsupported media type";
    /// No token, or one that is not known.
    Unauthenticated = "unauthenticated", 401, "Not signed in";
    /// The Host header names a host that the hub does not answer for.
    ForbiddenHost = "forbidden_host", 403, "Host not allowed";
    /// The Origin header names a page that may not call the hub.
    ForbiddenOrigin = "forbidden_origin", 403, "Origin not allowed";
    /// The run has ended; it takes neither cancel nor answers.
    RunEnded = "run_ended", 409, "Run has ended";
    /// The run does not wait for this answer.
    NotWaiting = "not_waiting", 409, "Run does not wait for this";
    /// A cursor lies behind the end of the log.
    SeqOutOfRange = "seq_out_of_range", 416, "Cursor beyond the log";
    /// The workflow cannot be run from outside.
    NotRunnable = "not_runnable", 409, "Workflow cannot be run";
    /// As many runs as allowed are going on.
    TooManyRuns = "too_many_runs", 429, "Too many runs";
    /// As many event streams as allowed are open.
    TooManyReaders = "too_many_readers", 503, "Too many readers";
    /// The hub is shutting down.
    ShuttingDown = "shutting_down", 503, "Hub is shutting down";
    /// The data directory cannot be read or written.
    Storage = "storage", 503, "Storage failed";
    /// A sealed secret cannot be opened with the keys at hand.
    SecretUnreadable = "secret_unreadable", 500, "Secret cannot be opened";
    /// A defect of the hub.
    Internal = "internal", 500, "Defect in Jackfield";

    // Reaching a peer
    /// No connection: name not found, refused, no route.
    PeerUnreachable = "peer_unreachable", 502, "Peer not reachable";
    /// The program of a local server cannot be started, or ended.
    PeerProcess = "peer_process", 502, "Server process failed";
    /// The connection was not made in time.
    PeerConnectTimeout = "peer_connect_timeout", 504, "Peer did not accept the connection in time";
    /// TLS: the certificate is not trusted, expired, or for another name; or the peer speaks no TLS.
    PeerTls = "peer_tls", 502, "TLS fault";
    /// The connection broke while the peer was answering.
    PeerConnectionLost = "peer_connection_lost", 502, "Connection to the peer lost";
    /// No answer within the deadline for the first byte.
    PeerNoAnswer = "peer_no_answer", 504, "Peer did not answer in time";
    /// Nothing for longer than the silence deadline.
    PeerSilent = "peer_silent", 504, "Peer fell silent";
    /// HTML where JSON was expected: a proxy's page or a wrong path.
    PeerHtml = "peer_html", 502, "Web page in place of an answer";
    /// Something answers there, but it is not the platform it should be.
    PeerNotPlatform = "peer_not_platform", 502, "Not the expected platform";
    /// The peer is too old for what was asked.
    PeerTooOld = "peer_too_old", 502, "Peer is too old";
    /// The key is wrong, expired, or missing.
    PeerUnauthorized = "peer_unauthorized", 502, "Peer refuses the key";
    /// A person has to sign in at the peer.
    PeerSignIn = "peer_sign_in", 502, "Sign-in needed";
    /// The key lacks a scope.
    PeerScopeMissing = "peer_scope_missing", 502, "Key lacks a scope";
    /// The entry point wants a user, header or token that the hub does not have or that is wrong.
    PeerEntryAuth = "peer_entry_auth", 502, "Entry point refuses the credential";
    /// The entry point is not registered there: not active, renamed, or another method.
    PeerEntryNotFound = "peer_entry_not_found", 502, "Entry point not found at the peer";
    /// The webhook address differs from the API address.
    PeerBaseDiffers = "peer_base_differs", 502, "Webhook address differs";
    /// The peer refuses the request (4xx).
    PeerRejected = "peer_rejected", 502, "Peer rejects the request";
    /// The peer failed (5xx).
    PeerFailed = "peer_failed", 502, "Peer failed";
    /// The peer asks to slow down (429).
    PeerRateLimited = "peer_rate_limited", 502, "Peer limits the rate";
    /// An answer that does not have the documented form.
    PeerBadAnswer = "peer_bad_answer", 502, "Answer not understood";
    /// An answer beyond the hub's bounds.
    PeerAnswerTooLarge = "peer_answer_too_large", 502, "Answer too large";

    // Runs
    /// The workflow failed at the peer.
    WorkflowFailed = "workflow_failed", 502, "Workflow failed";
    /// A step failed; the run may go on.
    StepFailed = "step_failed", 502, "Step failed";
    /// A tool failed; the run may go on.
    ToolFailed = "tool_failed", 502, "Tool failed";
    /// A tool's result does not fit the schema that the tool promised.
    ToolOutputInvalid = "tool_output_invalid", 502, "Result does not fit the tool's schema";
    /// The peer stopped the run: timeout, or somebody there.
    PeerStoppedRun = "peer_stopped_run", 502, "Stopped at the peer";
    /// The peer lost the run in a crash or restart.
    PeerLostRun = "peer_lost_run", 502, "Peer lost the run";
    /// What became of the run cannot be found out.
    RecoveryImpossible = "recovery_impossible", 502, "Outcome cannot be found out";
    /// The peer has no way to stop the run: it goes on there.
    CancelUnsupported = "cancel_unsupported", 502, "Run goes on at the peer";
    /// The peer did not take the answer.
    AnswerRejected = "answer_rejected", 502, "Peer did not take the answer";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A failure with everything a person needs: what happened and where, and what to do next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error, ToSchema)]
#[error("{message}")]
pub struct Failure {
    /// What kind.
    pub code: ErrorCode,
    /// What happened, where; one or two sentences, no secret in it.
    pub message: String,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Where in the input: a JSON pointer, header or parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// HTTP status of the peer's answer, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_status: Option<u16>,
    /// Every single fault of an input, where there may be several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

/// One fault of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fault {
    /// Where: a JSON pointer into the input.
    pub place: String,
    /// What is wrong and what was expected there.
    pub message: String,
}

impl Failure {
    /// A failure without hint.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, place: None, peer_status: None, faults: Vec::new() }
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says where in the input.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Adds the peer's HTTP status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.peer_status = Some(status);
        self
    }

    /// Adds single faults.
    #[must_use]
    pub fn faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults;
        self
    }

    /// No such thing.
    #[must_use]
    pub fn not_found(what: &str, id: impl fmt::Display) -> Self {
        Self::new(ErrorCode::NotFound, format!("There is no {what} {id}."))
    }

    /// A defect of the hub.
    #[must_use]
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Internal, message)
    }

    /// As data of an `error` event.
    #[must_use]
    pub fn into_event(self, fatal: bool, retry_safe: bool) -> crate::event::EventBody {
        crate::event::EventBody::Error(crate::event::ErrorData {
            code: self.code,
            message: self.message,
            hint: self.hint,
            fatal,
            retry_safe,
            peer_status: self.peer_status,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_that_says_what_it_means_and_what_to_check() {
        for code in ErrorCode::ALL {
            let page = code.page();
            assert!(page.starts_with(&format!("# {}\n", code.title())), "{code}: title line");
            let (meaning, steps) =
                page.split_once("\n## What to check\n").unwrap_or_else(|| panic!("{code}"));
            let meaning = meaning.lines().skip(1).collect::<String>();
            assert!(meaning.len() > 40, "{code}: says what it means");
            let steps: Vec<&str> = steps.lines().filter(|line| !line.is_empty()).collect();
            assert!(steps.len() >= 3, "{code}: at least three steps");
            for step in steps {
                assert!(
                    step.starts_with("- ") && step.len() > 30,
                    "{code}: a step that says something: {step}"
                );
            }
            assert!((8..=25).contains(&page.lines().count()), "{code}: a short page");
            for placeholder in ["- …", "...", "TBD", "placeholder", "Lorem"] {
                assert!(!page.contains(placeholder), "{code}: holds {placeholder}");
            }
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }

    #[test]
    fn no_page_is_left_over() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/errors");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let mut expected: Vec<String> = ErrorCode::ALL.iter().map(|code| format!("{code}.md")).collect();
        expected.sort();
        assert_eq!(files, expected);
    }
}
