-- A tool has one name among those of all backends, and a definition that was accepted. Rows of an older hub get
-- both at the next discovery.
ALTER TABLE tools ADD COLUMN qualified_name TEXT;
ALTER TABLE tools ADD COLUMN fingerprint TEXT;
ALTER TABLE tools ADD COLUMN accepted_fingerprint TEXT;
-- Set exactly while the definition differs from the accepted one: that one, and since when.
ALTER TABLE tools ADD COLUMN accepted TEXT;
ALTER TABLE tools ADD COLUMN changed_at TEXT;
-- The whole of what the backend said; the columns beside it repeat a part of it.
ALTER TABLE tools ADD COLUMN info TEXT;
CREATE UNIQUE INDEX tools_by_qualified_name ON tools (qualified_name);
CREATE INDEX tools_changed ON tools (changed_at) WHERE changed_at IS NOT NULL;

ALTER TABLE runs ADD COLUMN tool_id TEXT REFERENCES tools (id) ON DELETE SET NULL;
CREATE INDEX runs_by_tool ON runs (tool_id, id);

ALTER TABLE mcp_servers ADD COLUMN offers TEXT;
