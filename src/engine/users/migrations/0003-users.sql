-- v3 (compatible with v1+): Accounts, devices and tokens
-- password_hash: a PHC string, or a bcrypt hash of an imported account; '' when no password fits.
CREATE TABLE users (
  user_id TEXT PRIMARY KEY,
  password_hash TEXT NOT NULL,
  is_admin BIGINT NOT NULL,
  is_guest BIGINT NOT NULL,
  deactivated BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

-- last_seen_at: 0 when it was never used.
CREATE TABLE devices (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  display_name TEXT,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  last_seen_address TEXT NOT NULL,
  last_seen_user_agent TEXT NOT NULL,
  PRIMARY KEY (user_id, device_id)
);

-- token_hash: SHA-256 of the token in base64url; the token itself is nowhere.
-- generation: how often the session was refreshed before. expires_at: 0 = never.
CREATE TABLE access_tokens (
  token_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  generation BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX access_tokens_by_device ON access_tokens (user_id, device_id);
CREATE INDEX access_tokens_by_session ON access_tokens (session_id);

CREATE TABLE refresh_tokens (
  token_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  generation BIGINT NOT NULL
);
CREATE INDEX refresh_tokens_by_device ON refresh_tokens (user_id, device_id);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
