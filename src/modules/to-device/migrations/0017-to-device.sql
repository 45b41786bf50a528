-- v17 (compatible with v1+): Messages waiting for devices, and the requests that sent them
-- position: in the log of the partition. json: the event as /sync tells it.
CREATE TABLE to_device_messages (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (user_id, device_id, position)
);

-- Requests of a sending device. position: of the messages that the first of them stored.
CREATE TABLE to_device_txns (
  user_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  txn_key TEXT NOT NULL,
  position BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, device_id, txn_key)
);
CREATE INDEX to_device_txns_by_time ON to_device_txns (sent_at);
