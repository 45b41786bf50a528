-- v38 (compatible with v1+): What sessions of user-interactive authentication ask for
-- params: JSON object from each stage type that the session may complete to what the client was told of it at first.
ALTER TABLE uia_sessions ADD COLUMN params TEXT NOT NULL DEFAULT '{}';
