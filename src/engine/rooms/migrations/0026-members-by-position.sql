-- v26 (compatible with v1+): Members of a room in the order in which they came
DROP INDEX memberships_by_room;
CREATE INDEX memberships_by_room ON memberships (room_nid, membership, position, user_id);
