-- Times are RFC 3339 text in UTC with six digits of a second, so that they sort as text.
-- Ids made by the hub are UUIDv7 text, so that they sort by the time of their making.

CREATE TABLE credentials (
    id         TEXT NOT NULL PRIMARY KEY,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

-- One row a secret: nonce and XChaCha20-Poly1305 ciphertext, bound to credential and name.
CREATE TABLE credential_secrets (
    credential_id TEXT NOT NULL REFERENCES credentials (id) ON DELETE CASCADE,
    name          TEXT NOT NULL,
    key_id        TEXT NOT NULL,
    sealed        BLOB NOT NULL,
    PRIMARY KEY (credential_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE backends (
    id            TEXT    NOT NULL PRIMARY KEY,
    type          TEXT    NOT NULL CHECK (type IN ('llm', 'orchestrator', 'mcp')),
    platform      TEXT    NOT NULL,
    name          TEXT    NOT NULL UNIQUE,
    base_url      TEXT    NOT NULL,
    credential_id TEXT    UNIQUE REFERENCES credentials (id),
    options       TEXT    NOT NULL,
    enabled       INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    simulated     INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    created_at    TEXT    NOT NULL,
    updated_at    TEXT    NOT NULL
) STRICT;

-- What a peer says of itself: MCP servers in `mcp_servers`, all others in `orchestrators`.
CREATE TABLE orchestrators (
    backend_id    TEXT NOT NULL PRIMARY KEY REFERENCES backends (id) ON DELETE CASCADE,
    platform      TEXT NOT NULL,
    version       TEXT,
    capabilities  TEXT NOT NULL,
    discovered_at TEXT
) STRICT;

CREATE TABLE mcp_servers (
    backend_id    TEXT NOT NULL PRIMARY KEY REFERENCES backends (id) ON DELETE CASCADE,
    version       TEXT,
    capabilities  TEXT NOT NULL,
    discovered_at TEXT
) STRICT;

CREATE TABLE workflows (
    id            TEXT    NOT NULL PRIMARY KEY,
    backend_id    TEXT    NOT NULL REFERENCES backends (id) ON DELETE CASCADE,
    external_id   TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    active        INTEGER NOT NULL CHECK (active IN (0, 1)),
    runnable      INTEGER NOT NULL CHECK (runnable IN (0, 1)),
    info          TEXT    NOT NULL,
    discovered_at TEXT    NOT NULL,
    present       INTEGER NOT NULL CHECK (present IN (0, 1)),
    UNIQUE (backend_id, external_id)
) STRICT;

CREATE TABLE tools (
    id            TEXT    NOT NULL PRIMARY KEY,
    backend_id    TEXT    NOT NULL REFERENCES backends (id) ON DELETE CASCADE,
    name          TEXT    NOT NULL,
    title         TEXT,
    description   TEXT,
    input_schema  TEXT    NOT NULL,
    output_schema TEXT,
    annotations   TEXT,
    discovered_at TEXT    NOT NULL,
    present       INTEGER NOT NULL CHECK (present IN (0, 1)),
    UNIQUE (backend_id, name)
) STRICT;

CREATE TABLE conversations (
    id         TEXT NOT NULL PRIMARY KEY,
    title      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX conversations_by_use ON conversations (updated_at, id);

-- A run has ended exactly when `done` is set. The row is rewritten with every append, so it stays small:
-- what was put in has a table of its own.
CREATE TABLE runs (
    id                TEXT    NOT NULL PRIMARY KEY,
    backend_id        TEXT    NOT NULL REFERENCES backends (id) ON DELETE CASCADE,
    workflow_id       TEXT    REFERENCES workflows (id) ON DELETE SET NULL,
    workflow_name     TEXT    NOT NULL,
    entry             TEXT,
    conversation_id   TEXT    REFERENCES conversations (id) ON DELETE SET NULL,
    status            TEXT    NOT NULL,
    last_seq          INTEGER NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
    attempt           INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    external_id       TEXT,
    done              TEXT,
    created_at        TEXT    NOT NULL,
    ended_at          TEXT,
    checkpoint_key_id TEXT,
    checkpoint        BLOB
) STRICT;
CREATE INDEX runs_by_backend ON runs (backend_id, id);
CREATE INDEX runs_by_workflow ON runs (workflow_id, id);
CREATE INDEX runs_by_conversation ON runs (conversation_id, id);
CREATE INDEX runs_unfinished ON runs (id) WHERE done IS NULL;

CREATE TABLE run_inputs (
    run_id TEXT NOT NULL PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    input  TEXT NOT NULL
) STRICT;

CREATE TABLE messages (
    conversation_id TEXT    NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position        INTEGER NOT NULL,
    role            TEXT    NOT NULL,
    text            TEXT    NOT NULL,
    run_id          TEXT    REFERENCES runs (id) ON DELETE SET NULL,
    created_at      TEXT    NOT NULL,
    PRIMARY KEY (conversation_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_by_run ON messages (run_id) WHERE run_id IS NOT NULL;

-- `event` is the whole envelope as readers get it; `type` and `timestamp` repeat it for queries by hand.
CREATE TABLE run_events (
    run_id    TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    seq       INTEGER NOT NULL CHECK (seq >= 1),
    type      TEXT    NOT NULL,
    timestamp TEXT    NOT NULL,
    event     TEXT    NOT NULL,
    PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE blobs (
    id         TEXT NOT NULL PRIMARY KEY,
    run_id     TEXT REFERENCES runs (id) ON DELETE CASCADE,
    media_type TEXT NOT NULL,
    created_at TEXT NOT NULL,
    bytes      BLOB NOT NULL
) STRICT;
CREATE INDEX blobs_by_run ON blobs (run_id, created_at);

CREATE TABLE api_tokens (
    id         TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    hash       BLOB NOT NULL UNIQUE,
    created_at TEXT NOT NULL
) STRICT;

-- One row that the health check rewrites.
CREATE TABLE checks (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    checked_at TEXT    NOT NULL
) STRICT;
