-- v24 (compatible with v1+): Users as the user directory finds them
-- display_name, avatar_url: the global profile; '' when it has none.
CREATE TABLE user_directory (
  user_id TEXT PRIMARY KEY,
  display_name TEXT NOT NULL,
  avatar_url TEXT NOT NULL
);

-- The folded words by which a user is found. They sort by bytes, so that those with a prefix are a range.
CREATE TABLE user_directory_words (
  user_id TEXT NOT NULL,
-- only: postgresql
  word TEXT COLLATE "C" NOT NULL,
-- end only
-- only: sqlite
  word TEXT NOT NULL,
-- end only
  PRIMARY KEY (user_id, word)
);
CREATE INDEX user_directory_by_word ON user_directory_words (word, user_id);

-- Rooms whose members everybody may find: that anybody may join, or read.
CREATE TABLE open_rooms (
  room_nid BIGINT PRIMARY KEY
);
