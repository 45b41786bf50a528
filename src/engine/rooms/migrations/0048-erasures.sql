-- v48 (compatible with v1+): Users whose messages are hidden from those who join a room later
-- state_root: the room's state when the erasure reached it.
CREATE TABLE erased_senders (
  room_nid BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  state_root TEXT NOT NULL,
  PRIMARY KEY (room_nid, user_id)
);
