-- v18 (compatible with v1+): Relations between events, and threads
-- One row for each accepted event that relates to another and is not redacted. The parent may not be there (yet).
-- position, ordering, event_id, type, sender, origin_server_ts: of the child.
-- annotation_key: of an annotation, as JSON text; '' when there is none.
-- grandparent_id, great_grandparent_id: the parent of the parent, and its parent, where those are children; '' if none.
-- aggregated: 0 for a replacement that replaces nothing, whatever its parent is.
CREATE TABLE relations (
  position BIGINT PRIMARY KEY,
  room_nid BIGINT NOT NULL,
  parent_id TEXT NOT NULL,
  grandparent_id TEXT NOT NULL,
  great_grandparent_id TEXT NOT NULL,
  rel_type TEXT NOT NULL,
  ordering BIGINT NOT NULL,
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  sender TEXT NOT NULL,
  origin_server_ts BIGINT NOT NULL,
  annotation_key TEXT NOT NULL,
  aggregated BIGINT NOT NULL
);
CREATE INDEX relations_by_parent ON relations (room_nid, parent_id, ordering);
CREATE INDEX relations_by_grandparent ON relations (room_nid, grandparent_id, ordering) WHERE grandparent_id <> '';
CREATE INDEX relations_by_great_grandparent ON relations (room_nid, great_grandparent_id, ordering)
  WHERE great_grandparent_id <> '';
CREATE INDEX relations_by_type ON relations (room_nid, parent_id, rel_type, ordering);
CREATE INDEX relations_by_annotator ON relations (room_nid, parent_id, sender) WHERE rel_type = 'm.annotation';

-- Threads with replies. latest: ordering of the latest reply.
CREATE TABLE threads (
  room_nid BIGINT NOT NULL,
  root_id TEXT NOT NULL,
  reply_count BIGINT NOT NULL,
  latest BIGINT NOT NULL,
  PRIMARY KEY (room_nid, root_id)
);
CREATE INDEX threads_by_latest ON threads (room_nid, latest);

-- Who takes part in a thread: those who replied, and the sender of the root, who may have no replies.
-- latest: ordering of the user's latest reply; 0 if none.
CREATE TABLE thread_participants (
  room_nid BIGINT NOT NULL,
  root_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  reply_count BIGINT NOT NULL,
  latest BIGINT NOT NULL,
  PRIMARY KEY (room_nid, root_id, user_id)
);
CREATE INDEX thread_participants_by_user ON thread_participants (room_nid, user_id);
