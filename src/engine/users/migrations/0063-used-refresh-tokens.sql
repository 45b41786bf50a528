-- v63 (compatible with v63+): Refresh tokens that were used, by which a stolen one is noticed
-- An older version would take a used token for a good one.
-- used: 1 when a token of a later generation was seen.
ALTER TABLE refresh_tokens ADD COLUMN used BIGINT NOT NULL DEFAULT 0;
