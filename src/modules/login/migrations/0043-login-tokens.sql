-- v43 (compatible with v1+): Login tokens, by their hashes
CREATE TABLE login_tokens (
  token_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX login_tokens_by_user ON login_tokens (user_id, expires_at);
CREATE INDEX login_tokens_by_expiry ON login_tokens (expires_at);
