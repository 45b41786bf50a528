-- v19 (compatible with v1+): Receipts
-- thread_id: '' for receipts that regard no threads, 'main', or the event ID of the thread's root.
-- ordering: place of the event in the room's timeline. position: of the last change, in the log of the room's partition.
CREATE TABLE receipts (
  user_id TEXT NOT NULL,
  room_nid BIGINT NOT NULL,
  receipt_type TEXT NOT NULL,
  thread_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  ordering BIGINT NOT NULL,
  ts BIGINT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (user_id, room_nid, receipt_type, thread_id)
);
CREATE INDEX receipts_by_user ON receipts (user_id, position);
CREATE INDEX receipts_by_room ON receipts (room_nid, position) WHERE receipt_type = 'm.read';
