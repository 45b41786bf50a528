-- v23 (compatible with v1+): Full-text index of what is said in rooms
-- Of every event that can be found, the set of its tokens. Neither kind keeps the text.
-- only: sqlite
-- rowid: the event's position, negated, so that the newest comes first.
CREATE VIRTUAL TABLE search_index USING fts5(tokens, content='', contentless_delete=1, detail=none, tokenize='ascii');
-- end only
-- only: postgresql
CREATE TABLE search_index (
  position BIGINT PRIMARY KEY,
  tokens TSVECTOR NOT NULL
);
-- What was written last is looked through by every search, until it is put in order: so that should not be much.
CREATE INDEX search_index_by_token ON search_index USING GIN (tokens) WITH (gin_pending_list_limit = 128);
-- end only

-- Up to which position of a partition's log events are in the index.
CREATE TABLE search_progress (
  partition_id BIGINT PRIMARY KEY,
  position BIGINT NOT NULL
);
INSERT INTO search_progress (partition_id, position) VALUES (0, 0);
