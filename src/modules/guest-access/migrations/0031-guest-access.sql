-- v31 (compatible with v1+): Rooms that guests have to leave
-- position: of the event that forbids guests. A row stays until all of them have left.
CREATE TABLE guest_evictions (
  room_id TEXT PRIMARY KEY,
  position BIGINT NOT NULL
);
