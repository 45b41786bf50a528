-- v55 (compatible with v1+): Which events refer to which media
-- position: of the event. is_redacted: 1 = the event lost its content, and with it the reference. Media of other servers are
-- among them, whether or not this server has them.
CREATE TABLE media_references (
  room_nid BIGINT NOT NULL,
  origin TEXT NOT NULL,
  media_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  is_redacted INTEGER NOT NULL,
  PRIMARY KEY (room_nid, origin, media_id, position)
);
CREATE INDEX media_references_by_medium ON media_references (origin, media_id, position);
