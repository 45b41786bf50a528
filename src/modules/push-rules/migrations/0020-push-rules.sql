-- v20 (compatible with v1+): Push rules of users' own, and what they changed in the default rules
-- No row: the default rules, unchanged. rules: JSON text; the default rules themselves are not in it.
CREATE TABLE push_rules (
  user_id TEXT PRIMARY KEY,
  rules TEXT NOT NULL
);
