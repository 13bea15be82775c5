-- Runs side by side in a conversation have the same turn; a request that is repeated under its key starts nothing twice.
ALTER TABLE runs ADD COLUMN turn TEXT;
ALTER TABLE runs ADD COLUMN request_key TEXT;
CREATE UNIQUE INDEX runs_by_request_key ON runs (request_key) WHERE request_key IS NOT NULL;
