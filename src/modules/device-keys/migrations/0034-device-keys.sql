-- v34 (compatible with v1+): Keys of devices, and whose devices changed
-- json: the object as it was uploaded, as canonical JSON, without `unsigned`.
CREATE TABLE device_keys (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (user_id, device_id)
);

-- position: of the upload. claimed: position of the claim; 0 = the key is still to be had.
CREATE TABLE one_time_keys (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  key_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  claimed BIGINT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (user_id, device_id, algorithm, key_id)
);
CREATE INDEX one_time_keys_in_order ON one_time_keys (user_id, device_id, algorithm, claimed, position, key_id);

-- used: 1 when it was claimed.
CREATE TABLE fallback_keys (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  key_id TEXT NOT NULL,
  used BIGINT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (user_id, device_id, algorithm)
);

-- The last change of what a user's devices and cross-signing keys are.
-- recipient: the one user who is to know; '' = all who share a room with the user.
CREATE TABLE device_list_changes (
  user_id TEXT NOT NULL,
  recipient TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (user_id, recipient)
);
CREATE INDEX device_list_changes_in_order ON device_list_changes (position);
