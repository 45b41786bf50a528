-- v4 (compatible with v1+): Rooms, events, the state trie and memberships
-- is_published: 1 when the room directory shows the room.
CREATE TABLE rooms (
  room_nid BIGINT PRIMARY KEY,
  room_id TEXT NOT NULL UNIQUE,
  room_version TEXT NOT NULL,
  is_published BIGINT NOT NULL
);

-- ordering: the place in the room's timeline; NULL for outliers.
-- verdict: 0 accepted, 1 soft-failed, 2 rejected, 3 deferred; with the rule and the reason.
-- state_before: root of the state trie before the event. state_after: '=' when the event changed nothing.
-- room_state: root of the room's current state once the event was taken in; '=' when that is its state_after.
-- heads: positions of the room's forward extremities then, as a JSON list; '' when the event is the only one.
-- replaces: position of the state event that it replaced; 0 if none.
-- txn_key: which request of which device made it; NULL when it came otherwise.
CREATE TABLE events (
  position BIGINT PRIMARY KEY,
  room_nid BIGINT NOT NULL,
  event_id TEXT NOT NULL UNIQUE,
  ordering BIGINT,
  depth BIGINT NOT NULL,
  type TEXT NOT NULL,
  state_key TEXT,
  sender TEXT NOT NULL,
  origin_server_ts BIGINT NOT NULL,
  verdict BIGINT NOT NULL,
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  state_before TEXT NOT NULL,
  state_after TEXT NOT NULL,
  room_state TEXT NOT NULL,
  heads TEXT NOT NULL,
  replaces BIGINT NOT NULL,
  redacted_by BIGINT NOT NULL,
  txn_key TEXT,
  json TEXT NOT NULL
);
CREATE INDEX events_by_room ON events (room_nid, ordering);
CREATE UNIQUE INDEX events_by_txn ON events (txn_key) WHERE txn_key IS NOT NULL;

CREATE TABLE state_nodes (
  name TEXT PRIMARY KEY,
  bytes BYTEA NOT NULL
);

-- The membership of every user that a room knows, from its current state.
CREATE TABLE memberships (
  user_id TEXT NOT NULL,
  room_nid BIGINT NOT NULL,
  membership TEXT NOT NULL,
  position BIGINT NOT NULL,
  forgotten BIGINT NOT NULL,
  stripped_state TEXT NOT NULL,
  PRIMARY KEY (user_id, room_nid)
);
CREATE INDEX memberships_by_room ON memberships (room_nid, membership);
