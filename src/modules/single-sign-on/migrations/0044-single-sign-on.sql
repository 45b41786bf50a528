-- v44 (compatible with v1+): Identities at providers of single sign-on, and what is going on in browsers
CREATE TABLE sso_identities (
  provider TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id TEXT NOT NULL,
  PRIMARY KEY (provider, subject)
);
CREATE INDEX sso_identities_by_user ON sso_identities (user_id);
-- id_hash: of the secret that goes through the provider or stands in a page's form, used once.
-- browser_hash: of the cookie of the browser that began.
-- content: JSON object, see sessions.store.ts.
CREATE TABLE sso_sessions (
  id_hash TEXT PRIMARY KEY,
  browser_hash TEXT NOT NULL,
  content TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sso_sessions_by_expiry ON sso_sessions (expires_at);
