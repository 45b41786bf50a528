import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonValue } from "../json/json.ts";
import type { EventFilter, SyncFilter } from "./filter.ts";
import { defaultFilter, parseFilter, parseRoomEventFilter } from "./parse.ts";

function filterOf(json: JsonValue): SyncFilter {
  const parsed = parseFilter(json);
  assert.ok(parsed.ok);
  return parsed.filter;
}

function eventFilterOf(json: JsonValue): EventFilter {
  const parsed = parseRoomEventFilter(json);
  assert.ok(parsed.ok);
  return parsed.filter;
}

const wrongPath = (json: JsonValue): string | undefined => {
  const parsed = parseFilter(json);
  return parsed.ok ? undefined : parsed.path;
};

const message = { type: "m.room.message", sender: "@a:b", content: { body: "hi" } };

test("an empty filter lets everything pass", () => {
  assert.equal(defaultFilter.room.timeline.matchesEverything, true);
  assert.equal(defaultFilter.room.timeline.matches(message), true);
  assert.equal(defaultFilter.room.matchesRoom("!r:a"), true);
  assert.equal(defaultFilter.eventFormat, "client");
  assert.equal(defaultFilter.project(message), message);
});

test("what is excluded is excluded even when it is asked for", () => {
  const types = eventFilterOf({ types: ["m.room.*"], not_types: ["m.room.m*"] });
  assert.equal(types.matches(message), false);
  assert.equal(types.matches({ ...message, type: "m.room.name" }), true);
  const senders = eventFilterOf({ senders: ["@a:b"], not_senders: ["@a:b"] });
  assert.equal(senders.matches(message), false);
  const rooms = eventFilterOf({ rooms: ["!a:b", "!c:d"], not_rooms: ["!a:b"] });
  assert.deepEqual(
    [rooms.matchesRoom("!a:b"), rooms.matchesRoom("!c:d"), rooms.matchesRoom("!e")],
    [false, true, false],
  );
});

test("only the star is a wildcard in types", () => {
  assert.equal(eventFilterOf({ types: ["m.room.messag?"] }).matches(message), false);
  assert.equal(eventFilterOf({ types: ["*message"] }).matches(message), true);
  assert.equal(eventFilterOf({ types: ["M.ROOM.MESSAGE"] }).matches(message), false);
});

test("what has no sender does not pass a list of senders, but passes a list of unwanted ones", () => {
  const typing = { type: "m.typing", content: { user_ids: [] } };
  assert.equal(eventFilterOf({ senders: ["@a:b"] }).matches(typing), false);
  assert.equal(eventFilterOf({ not_senders: ["@a:b"] }).matches(typing), true);
});

test("contains_url looks for the key in the content", () => {
  const image = { ...message, content: { url: "mxc://a/b" } };
  const [withUrl, withoutUrl] = [eventFilterOf({ contains_url: true }), eventFilterOf({ contains_url: false })];
  assert.deepEqual([withUrl.matches(image), withUrl.matches(message)], [true, false]);
  assert.deepEqual([withoutUrl.matches(image), withoutUrl.matches(message)], [false, true]);
});

test("an empty list lets nothing pass, and says so", () => {
  const filter = eventFilterOf({ types: [] });
  assert.equal(filter.matchesNothing, true);
  assert.equal(filter.matches(message), false);
  const excluding = eventFilterOf({ not_types: ["*"] });
  assert.deepEqual([excluding.matchesNothing, excluding.matches(message)], [true, false]);
});

test("settings of room events are read with their defaults", () => {
  const { timeline, state, includeLeave } = filterOf({
    room: {
      include_leave: true,
      timeline: { limit: 5, unread_thread_notifications: true, related_by_rel_types: ["m.thread"] },
      state: { lazy_load_members: true, include_redundant_members: true },
    },
  }).room;
  assert.equal(includeLeave, true);
  assert.deepEqual([timeline.limit, timeline.unreadThreadNotifications, timeline.lazyLoadMembers], [5, true, false]);
  assert.deepEqual(timeline.relatedByRelTypes, ["m.thread"]);
  assert.deepEqual([state.lazyLoadMembers, state.includeRedundantMembers, state.limit], [true, true, undefined]);
});

test("event_fields cut the client's event down to the paths", () => {
  const filter = filterOf({ event_fields: ["type", "content.m\\.relates_to.rel_type"] });
  const event = {
    type: "t",
    sender: "@a:b",
    content: { body: "b", "m.relates_to": { rel_type: "r", event_id: "$e" } },
  };
  assert.deepEqual(filter.project(event), { type: "t", content: { "m.relates_to": { rel_type: "r" } } });
  assert.deepEqual(filterOf({ event_fields: [] }).project(event), event);
});

test("a malformed filter is refused, with the path of what is wrong", () => {
  assert.equal(wrongPath([]), "");
  assert.equal(wrongPath({ presence: "all" }), "presence");
  assert.equal(wrongPath({ presence: { senders: "@a:b" } }), "presence.senders");
  assert.equal(wrongPath({ account_data: { not_senders: ["@a:b", "a"] } }), "account_data.not_senders.1");
  assert.equal(wrongPath({ room: { timeline: { rooms: ["not_a_room"] } } }), "room.timeline.rooms.0");
  assert.equal(wrongPath({ room: { timeline: { limit: -1 } } }), "room.timeline.limit");
  assert.equal(wrongPath({ room: { timeline: { limit: "10" } } }), "room.timeline.limit");
  assert.equal(wrongPath({ room: { include_leave: 1 } }), "room.include_leave");
  assert.equal(wrongPath({ event_format: "xml" }), "event_format");
  assert.equal(wrongPath({ event_fields: [1] }), "event_fields.0");
  assert.equal(wrongPath({ room: { state: { types: Array(1001).fill("t") } } }), "room.state.types");
});

test("null and members that nobody knows are passed over", () => {
  assert.equal(wrongPath({ presence: null, "com.example.more": 1, room: { timeline: { limit: null } } }), undefined);
});
