-- v11 (compatible with v1+): Sessions of user-interactive authentication
-- operation: method and path. subject: the user who asks; '' when nobody is logged in.
-- body_hash: of the request's body without "auth"; '' when the body may change meanwhile.
-- completed: JSON object from stage type to what the stage found out.
CREATE TABLE uia_sessions (
  session_id TEXT PRIMARY KEY,
  operation TEXT NOT NULL,
  subject TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  completed TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX uia_sessions_by_expiry ON uia_sessions (expires_at);
