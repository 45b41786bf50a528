-- v12 (compatible with v1+): Filters that clients store
-- filter_id: counted for each user from 0. json_hash: SHA-256 of the text in base64url, since equal filters are one.
CREATE TABLE filters (
  user_id TEXT NOT NULL,
  filter_id BIGINT NOT NULL,
  json_hash TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (user_id, filter_id)
);
CREATE UNIQUE INDEX filters_by_hash ON filters (user_id, json_hash);
