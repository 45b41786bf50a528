-- v36 (compatible with v1+): Backups of room keys
-- The last version that each user's backups had: numbers are not given twice.
CREATE TABLE key_backup_versions (
  user_id TEXT PRIMARY KEY,
  last_version BIGINT NOT NULL
);

-- auth_data: JSON. key_count: rows in key_backup_keys. etag: position of their last change; 0 = none.
CREATE TABLE key_backups (
  user_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  algorithm TEXT NOT NULL,
  auth_data TEXT NOT NULL,
  key_count BIGINT NOT NULL,
  etag BIGINT NOT NULL,
  PRIMARY KEY (user_id, version)
);

-- is_verified: 0 or 1. session_data: JSON.
CREATE TABLE key_backup_keys (
  user_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  room_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  first_message_index BIGINT NOT NULL,
  forwarded_count BIGINT NOT NULL,
  is_verified BIGINT NOT NULL,
  session_data TEXT NOT NULL,
  PRIMARY KEY (user_id, version, room_id, session_id)
);
