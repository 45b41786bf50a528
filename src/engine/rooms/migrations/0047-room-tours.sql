-- v47 (compatible with v1+): Work on every room of a user, which goes on after a restart
-- run: tells a tour from the one that it was before it was begun anew. reached: the last room that is done, by room_nid.
CREATE TABLE room_tours (
  kind TEXT NOT NULL,
  user_id TEXT NOT NULL,
  run TEXT NOT NULL,
  detail TEXT NOT NULL,
  reached BIGINT NOT NULL,
  PRIMARY KEY (kind, user_id)
);
