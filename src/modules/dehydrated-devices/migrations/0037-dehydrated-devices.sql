-- v37 (compatible with v1+): Devices that wait, without a session, for a client to take their messages
-- device_data: JSON that only clients understand.
CREATE TABLE dehydrated_devices (
  user_id TEXT PRIMARY KEY,
  device_id TEXT NOT NULL,
  device_data TEXT NOT NULL
);
