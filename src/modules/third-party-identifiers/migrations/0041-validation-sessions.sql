-- v41 (compatible with v1+): Sessions in which people show that an address is theirs
-- purpose: register, add or password. secret_hash and token_hash: no secret is stored as it is. token_key: from it and the
-- client's secret the token is made again when the mail is sent again. send_attempt: -1 = nothing was sent yet.
-- validated_at: 0 = not yet.
CREATE TABLE validation_sessions (
  sid TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  medium TEXT NOT NULL,
  address TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  token_key TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  next_link TEXT NOT NULL,
  send_attempt BIGINT NOT NULL,
  guesses BIGINT NOT NULL,
  validated_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX validation_sessions_by_secret ON validation_sessions (secret_hash, medium, address, purpose);
CREATE INDEX validation_sessions_by_expiry ON validation_sessions (expires_at);
