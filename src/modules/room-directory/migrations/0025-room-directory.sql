-- v25 (compatible with v1+): Rooms that the room directory shows
-- A copy of what the state of every room with rooms.is_published = 1 says, so that a page of the directory is one query.
-- joined_count: how many members are joined.
-- room_type: '' when it has none.
-- search_text: name, topic and canonical alias, folded.
-- summary: JSON text of what the directory shows; its number of joined members does not count.
CREATE TABLE published_rooms (
  room_nid BIGINT PRIMARY KEY,
  joined_count BIGINT NOT NULL,
  room_type TEXT NOT NULL,
  search_text TEXT NOT NULL,
  summary TEXT NOT NULL
);
CREATE INDEX published_rooms_by_size ON published_rooms (joined_count, room_nid);
