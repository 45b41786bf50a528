-- v32 (compatible with v1+): Reports of events, rooms and users
-- kind: event, room or user. room_id, event_id, user_id: what it is of, '' where that does not apply; of an event, user_id is
-- its sender. score: -100 (worst) to 0. resolved_at: ms since the epoch, 0 = open.
CREATE TABLE reports (
  report_id BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,
  reporter TEXT NOT NULL,
  room_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  score BIGINT,
  created_at BIGINT NOT NULL,
  resolved_at BIGINT NOT NULL,
  resolved_by TEXT NOT NULL
);
CREATE INDEX reports_open ON reports (resolved_at, report_id);
