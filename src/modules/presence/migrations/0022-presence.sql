-- v22 (compatible with v1+): What users say of themselves beside their presence
-- status_msg: JSON text of a string.
CREATE TABLE presence_status (
  user_id TEXT NOT NULL PRIMARY KEY,
  status_msg TEXT NOT NULL
);
