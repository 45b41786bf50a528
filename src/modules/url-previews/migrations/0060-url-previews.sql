-- v60 (compatible with v1+): Previews of web pages
-- url_hash: of the URL and the language. answer: JSON as clients get it. media_id: the image's, of this server, '' = none.
-- fetched_at: when the page was looked at, ms since the epoch.
CREATE TABLE url_previews (
  url_hash TEXT NOT NULL,
  fetched_at BIGINT NOT NULL,
  answer TEXT NOT NULL,
  media_id TEXT NOT NULL,
  PRIMARY KEY (url_hash, fetched_at)
);
CREATE INDEX url_previews_by_age ON url_previews (fetched_at);
