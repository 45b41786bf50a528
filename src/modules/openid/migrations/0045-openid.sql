-- v45 (compatible with v1+): Tokens by which users show other services who they are
-- token_hash: SHA-256 of the token in base64url; the token itself is nowhere.
CREATE TABLE openid_tokens (
  token_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX openid_tokens_by_user ON openid_tokens (user_id, expires_at);
