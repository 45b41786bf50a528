import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../json/json.ts";
import { withTombstoneLevel } from "./tombstone-level.ts";

const levelIn = (content: JsonObject): unknown => withTombstoneLevel(content)["events"];

test("the level for replacing a room is said, and above that of other state", () => {
  assert.deepEqual(levelIn({}), { "m.room.tombstone": 150 });
  assert.deepEqual(levelIn({ events: { a: 1 }, state_default: 50 }), { a: 1, "m.room.tombstone": 150 });
  assert.deepEqual(levelIn({ state_default: 200 }), { "m.room.tombstone": 201 });
  assert.deepEqual(levelIn({ state_default: "200" }), { "m.room.tombstone": 150 });
});

test("a level that is said stays, and what is no map of levels", () => {
  assert.deepEqual(levelIn({ events: { "m.room.tombstone": 5 } }), { "m.room.tombstone": 5 });
  assert.equal(levelIn({ events: 5 }), 5);
});
