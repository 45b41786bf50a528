-- v21 (compatible with v1+): What users are notified of
-- What an event counts, as the difference to what it counts for everybody. audience: '' for everybody, by the default
-- rules; a rule set; a user, under the default rules; or a rule set and a user. notify, highlight: 1, 0 or -1; 0 also for
-- what was redacted. The row of '' stays then: it tells that the sender spoke.
CREATE TABLE notifying (
  room_nid BIGINT NOT NULL,
  position BIGINT NOT NULL,
  audience TEXT NOT NULL,
  thread TEXT NOT NULL,
  sender TEXT NOT NULL,
  notify BIGINT NOT NULL,
  highlight BIGINT NOT NULL,
  PRIMARY KEY (room_nid, position, audience)
)
-- only: sqlite
WITHOUT ROWID
-- end only
;

-- The local members of rooms. joined_at: position of the event by which the user came. rule_set: the rules by which the
-- room counts for the user, '' for the default ones; it has rows for what came after covered_from. changed_at: position
-- of the last change of the rule set.
CREATE TABLE notified_members (
  user_id TEXT NOT NULL,
  room_nid BIGINT NOT NULL,
  joined_at BIGINT NOT NULL,
  rule_set TEXT NOT NULL,
  covered_from BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, room_nid)
);
CREATE INDEX notified_members_by_room ON notified_members (room_nid) WHERE rule_set <> '';
CREATE INDEX notified_members_by_rule_set ON notified_members (rule_set) WHERE rule_set <> '';
INSERT INTO notified_members (user_id, room_nid, joined_at, rule_set, covered_from, changed_at)
SELECT user_id, room_nid, position, '', 0, 0 FROM memberships WHERE membership = 'join';

-- rules: as JSON, cut down to what matters for counting in a room.
CREATE TABLE counted_rule_sets (
  rule_set TEXT PRIMARY KEY,
  rules TEXT NOT NULL
);
