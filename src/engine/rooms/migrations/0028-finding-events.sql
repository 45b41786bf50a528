-- v28 (compatible with v1+): Events by time, and state events by type
CREATE INDEX events_by_time ON events (room_nid, origin_server_ts, position);
-- Members are left out: there are many, and the table of memberships has them.
CREATE INDEX events_by_state_type ON events (room_nid, type, state_key)
  WHERE state_key IS NOT NULL AND type <> 'm.room.member';
