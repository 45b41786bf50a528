-- v54 (compatible with v1+): Media
-- file_hash: where the bytes are, '' until they came. upload_name: as the uploader called it, '' = not at all. uploader: '' = of
-- another server. expires_at: until when the bytes must come, 0 = they have. quarantined_by: '' = it is not. Times: ms since
-- the epoch.
CREATE TABLE media (
  origin TEXT NOT NULL,
  media_id TEXT NOT NULL,
  file_hash TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  content_type TEXT NOT NULL,
  upload_name TEXT NOT NULL,
  uploader TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  last_access_at BIGINT NOT NULL,
  quarantined_by TEXT NOT NULL,
  PRIMARY KEY (origin, media_id)
);
CREATE INDEX media_by_file ON media (file_hash);
CREATE INDEX media_by_uploader ON media (uploader, expires_at);
-- What everybody has uploaded, for quotas.
CREATE TABLE media_usage (
  user_id TEXT PRIMARY KEY,
  size_bytes BIGINT NOT NULL,
  media_count BIGINT NOT NULL
);
-- Smaller images made of files. thumbnail_hash: the file that one is in.
CREATE TABLE media_thumbnails (
  file_hash TEXT NOT NULL,
  variant TEXT NOT NULL,
  thumbnail_hash TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  content_type TEXT NOT NULL,
  PRIMARY KEY (file_hash, variant)
);
CREATE INDEX media_thumbnails_by_file ON media_thumbnails (thumbnail_hash);
