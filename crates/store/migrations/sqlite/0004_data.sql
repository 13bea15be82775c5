-- What the whole hub is told to do, by name.
CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

ALTER TABLE api_tokens ADD COLUMN last_used_at TEXT;

CREATE INDEX runs_by_end ON runs (ended_at) WHERE ended_at IS NOT NULL;
