-- v2 (compatible with v1+): Partitions and how far their positions are handed out
CREATE TABLE partitions (
  partition_id BIGINT PRIMARY KEY,
  position BIGINT NOT NULL
);
INSERT INTO partitions (partition_id, position) VALUES (0, 0);
