//! How a simulated server is to be: which revisions it speaks, whose form its answers have, what it does when it is asked wrongly.

use serde_json::Value;

/// A revision of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Revision {
    /// 2024-11-05.
    V2024_11_05,
    /// 2025-03-26.
    V2025_03_26,
    /// 2025-06-18.
    V2025_06_18,
    /// 2025-11-25.
    V2025_11_25,
    /// 2026-07-28: no handshake, no session.
    V2026_07_28,
}

impl Revision {
    /// Every revision, oldest first.
    pub const ALL: &'static [Self] =
        &[Self::V2024_11_05, Self::V2025_03_26, Self::V2025_06_18, Self::V2025_11_25, Self::V2026_07_28];

    /// As it is written on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2024_11_05 => "2024-11-05",
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// From the wire.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|revision| revision.as_str() == text)
    }

    /// Whether it has neither handshake nor session.
    #[must_use]
    pub const fn is_modern(self) -> bool {
        matches!(self, Self::V2026_07_28)
    }
}

/// Whose answers it gives: order of keys, words, habits. Both are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// server-everything 2026.8.31 (TypeScript SDK 1.32.2): older revisions only.
    Everything,
    /// The lab's server on FastMCP 4.1.0 (Python SDK): all revisions.
    Lab,
}

/// How it answers a session that it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostSession {
    /// 404, as the specification wants it and FastMCP does it.
    NotFound,
    /// 400 with an error without an id, as server-everything does.
    BadRequestNoId,
    /// 400 with an error whose id is null.
    BadRequestNullId,
    /// 410, seen in the field (typescript-sdk issue 1402).
    Gone,
}

/// Who may call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Auth {
    /// Tokens that are known at the start, with the scopes that each has.
    pub tokens: Vec<(String, Vec<String>)>,
    /// The scope that a 401 asks for.
    pub scope: Option<String>,
    /// Addresses of authorization servers, for the protected-resource metadata. None: there is no such document.
    pub authorization_servers: Vec<String>,
}

/// How a simulated server is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Whose form its answers have.
    pub face: Face,
    /// What it speaks.
    pub revisions: Vec<Revision>,
    /// Also has the tools of this testkit (see [`super::SimulatedMcp`]), not only those of the recordings, and the capabilities that they need.
    pub extras: bool,
    /// The server of `--demo`: of all tools those that are worth looking at.
    pub demo: bool,
    /// How it answers a session that it does not know.
    pub lost_session: LostSession,
    /// Event streams of the older revisions have ids, and can be resumed.
    pub event_ids: bool,
    /// `retry` of the first event of a stream, in milliseconds; 2025-11-25 only.
    pub retry_ms: Option<u64>,
    /// Answers with one JSON object where nothing else is to be said, in the older revisions too.
    pub json_answers: bool,
    /// Most entries of one page of a list; `None`: one page.
    pub page_size: Option<usize>,
    /// `ttlMs` of lists and reads in 2026-07-28.
    pub ttl_ms: u64,
    /// Who may call; `None`: everybody. HTTP only.
    pub auth: Option<Auth>,
    /// Has `/mcp` (Streamable HTTP); false: only `/sse`, as a server of 2024-11-05.
    pub streamable: bool,
    /// How long each stage of `research` and `simulate-research-query` takes, in milliseconds.
    pub task_step_ms: u64,
}

impl Script {
    fn of(face: Face, revisions: &[Revision]) -> Self {
        let everything = face == Face::Everything;
        Self {
            face,
            revisions: revisions.to_vec(),
            extras: true,
            demo: false,
            lost_session: if everything { LostSession::BadRequestNoId } else { LostSession::NotFound },
            event_ids: true,
            retry_ms: None,
            json_answers: false,
            page_size: None,
            ttl_ms: 0,
            auth: None,
            streamable: true,
            task_step_ms: 5,
        }
    }

    /// All five revisions, in the form of FastMCP, with all tools.
    #[must_use]
    pub fn both() -> Self {
        Self::of(Face::Lab, Revision::ALL)
    }

    /// The four revisions with a handshake.
    #[must_use]
    pub fn legacy() -> Self {
        let mut script = Self::both();
        script.revisions.retain(|revision| !revision.is_modern());
        script
    }

    /// 2026-07-28 only.
    #[must_use]
    pub fn modern() -> Self {
        Self::of(Face::Lab, &[Revision::V2026_07_28])
    }

    /// One revision only.
    #[must_use]
    pub fn only(revision: Revision) -> Self {
        Self::of(Face::Lab, &[revision])
    }

    /// server-everything: the older revisions, its habits, and all tools.
    #[must_use]
    pub fn everything() -> Self {
        Self { revisions: Self::legacy().revisions, ..Self::of(Face::Everything, &[]) }
    }

    /// Only what was recorded: no further tools, and no event ids where the real one sends none.
    #[must_use]
    pub fn as_recorded(mut self) -> Self {
        self.extras = false;
        self.event_ids = self.face == Face::Everything;
        self
    }

    /// The server of `--demo`: everybody can look at it, nothing in it is for tests.
    #[must_use]
    pub fn demo() -> Self {
        Self { demo: true, task_step_ms: 700, ..Self::both() }
    }

    /// Callers need this token.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        let known = (token.to_owned(), vec!["mcp:basic".to_owned()]);
        let auth = self.auth.get_or_insert_default();
        auth.tokens.push(known);
        auth.scope = Some("mcp:basic".to_owned());
        self
    }

    /// Whether it speaks any revision without a handshake.
    #[must_use]
    pub fn speaks_modern(&self) -> bool {
        self.revisions.iter().any(|revision| revision.is_modern())
    }

    /// Whether it speaks any revision with a handshake.
    #[must_use]
    pub fn speaks_legacy(&self) -> bool {
        self.revisions.iter().any(|revision| !revision.is_modern())
    }

    /// The revision for a client that asks for this one in `initialize`: it, or the newest that there is.
    #[must_use]
    pub fn negotiate(&self, asked: &Value) -> Option<Revision> {
        let legacy = || self.revisions.iter().copied().filter(|revision| !revision.is_modern());
        let asked = asked.as_str().and_then(Revision::parse);
        legacy().find(|revision| Some(*revision) == asked).or_else(|| legacy().max())
    }
}
