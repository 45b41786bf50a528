-- v33 (compatible with v1+): The room in which each user gets the notices of the server
CREATE TABLE server_notice_rooms (
  user_id TEXT PRIMARY KEY,
  room_id TEXT NOT NULL
);
