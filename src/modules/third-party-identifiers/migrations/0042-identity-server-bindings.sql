-- v42 (compatible with v1+): Where identifiers of users were published through this server
CREATE TABLE identity_server_bindings (
  user_id TEXT NOT NULL,
  medium TEXT NOT NULL,
  address TEXT NOT NULL,
  id_server TEXT NOT NULL,
  bound_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, medium, address, id_server)
);
