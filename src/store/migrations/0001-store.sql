-- v1 (compatible with v1+): What is applied, and which groups of transactions are written
CREATE TABLE schema_migrations (
  version BIGINT PRIMARY KEY,
  compatible_with BIGINT NOT NULL,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL
);

-- only: postgresql
-- The number of the last group that each writer committed: how it finds out what became of a commit when it lost the
-- connection meanwhile. A number out of turn becomes NULL, which is refused.
CREATE TABLE commits (
  writer TEXT PRIMARY KEY,
  number BIGINT NOT NULL
) WITH (fillfactor = 50);
-- end only
