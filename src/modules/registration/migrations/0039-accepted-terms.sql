-- v39 (compatible with v1+): Which documents users accepted
-- accepted_at: ms since the epoch.
CREATE TABLE accepted_terms (
  user_id TEXT NOT NULL,
  policy TEXT NOT NULL,
  version TEXT NOT NULL,
  accepted_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, policy, version)
);
