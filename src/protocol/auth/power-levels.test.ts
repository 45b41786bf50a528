import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  banLevel,
  eventLevel,
  inviteLevel,
  kickLevel,
  notificationLevel,
  parsePowerLevels,
  powerLevelsOf,
  redactLevel,
  userLevel,
} from "./power-levels.ts";
import { alice, bob, creator, room, rulesOf, versions } from "./testing.ts";

const levelsIn = (made: ReturnType<typeof room>) => powerLevelsOf(made.authState(), made.rules);

describe("the power levels of a room that states none", () => {
  test("give the creator 100, in version 12 infinite power, and others nothing", () => {
    for (const version of versions) {
      const levels = levelsIn(room(version).with(alice));
      assert.equal(userLevel(levels, creator), version === "12" ? Infinity : 100);
      assert.equal(userLevel(levels, alice), 0);
    }
  });

  test("name the creator by content until version 10, then by the sender", () => {
    for (const version of versions) {
      const levels = levelsIn(room(version, { creator: bob }));
      assert.equal(userLevel(levels, bob), Number(version) < 11 ? 100 : 0);
    }
  });

  test("are the defaults", () => {
    const levels = levelsIn(room("11"));
    assert.equal(eventLevel(levels, "m.room.message", false), 0);
    assert.equal(eventLevel(levels, "m.room.topic", true), 50);
    assert.equal(inviteLevel(levels), 0);
    assert.deepEqual([kickLevel(levels), banLevel(levels), redactLevel(levels)], [50, 50, 50]);
    assert.equal(notificationLevel(levels, "room"), 50);
  });

  test("of a room without a create event give nobody anything", () => {
    assert.equal(userLevel(levelsIn(room("11").without("m.room.create")), creator), 0);
  });
});

describe("the power levels that a room states", () => {
  test("count instead of the defaults", () => {
    const content = {
      users_default: 1,
      events_default: 2,
      state_default: 3,
      ban: 4,
      kick: 5,
      redact: 6,
      invite: 7,
      events: { "m.room.topic": 8 },
      notifications: { room: 9 },
      users: { [alice]: 10 },
    };
    const levels = levelsIn(room("11").levels(content));
    assert.deepEqual([userLevel(levels, bob), userLevel(levels, alice), userLevel(levels, creator)], [1, 10, 1]);
    assert.deepEqual([eventLevel(levels, "m.x", false), eventLevel(levels, "m.x", true)], [2, 3]);
    assert.deepEqual([eventLevel(levels, "m.room.topic", true), eventLevel(levels, "m.room.topic", false)], [8, 8]);
    assert.deepEqual([banLevel(levels), kickLevel(levels), redactLevel(levels), inviteLevel(levels)], [4, 5, 6, 7]);
    assert.deepEqual([notificationLevel(levels, "room"), notificationLevel(levels, "other")], [9, 50]);
  });

  test("leave creators their infinite power in version 12", () => {
    const levels = levelsIn(room("12", { additional_creators: [alice] }).levels({ users: { [alice]: 0, [bob]: 1 } }));
    assert.deepEqual(
      [creator, alice, bob].map((user) => userLevel(levels, user)),
      [Infinity, Infinity, 1],
    );
  });

  test("have no members that they do not state, whatever the types and users are called", () => {
    const levels = levelsIn(room("11").levels({ events: {}, users: {} }));
    assert.equal(eventLevel(levels, "constructor", false), 0);
    assert.equal(eventLevel(levels, "__proto__", false), 0);
    const odd = parsePowerLevels(JSON.parse('{"events": {"__proto__": 7}}'), rulesOf("11"));
    assert.equal(eventLevel(odd, "__proto__", false), 7);
  });

  test("fall back to the default where a value is no level", () => {
    const levels = levelsIn(room("11").levels({ ban: "10", users: { [alice]: "high" }, events: [] }));
    assert.deepEqual([banLevel(levels), userLevel(levels, alice)], [50, 0]);
  });
});

test("power levels are read once for as long as the state stays", () => {
  const made = room("11").levels({ ban: 10 });
  const state = made.authState();
  assert.equal(powerLevelsOf(state, made.rules), powerLevelsOf(state, made.rules));
  made.levels({ ban: 20 });
  assert.equal(banLevel(levelsIn(made)), 20);
});

test("the same content means something else beside another create event", () => {
  const content = { users: {} };
  assert.equal(userLevel(levelsIn(room("12").levels(content)), alice), 0);
  assert.equal(userLevel(levelsIn(room("12", { additional_creators: [alice] }).levels(content)), alice), Infinity);
  assert.equal(userLevel(levelsIn(room("11").levels(content)), creator), 0);
});
