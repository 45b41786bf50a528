-- v14 (compatible with v1+): Profiles of the users of this server
-- value: JSON text.
CREATE TABLE profile_fields (
  user_id TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (user_id, name)
);
