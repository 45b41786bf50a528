-- v10 (compatible with v1+): Registration tokens that administrators make
-- uses_allowed: 0 = any number. expires_at: 0 = never.
CREATE TABLE registration_tokens (
  token TEXT PRIMARY KEY,
  uses_allowed BIGINT NOT NULL,
  used BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
