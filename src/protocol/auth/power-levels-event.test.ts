import { describe, test } from "node:test";
import { isJsonObject, type JsonObject } from "../json/json.ts";
import { levelNames } from "./power-levels.ts";
import { alice, assertOutcome, assertOutcomes, bob, creator, type Outcome, room } from "./testing.ts";

const withAlice = ({ users }: JsonObject): JsonObject => ({ [alice]: 50, ...(isJsonObject(users) ? users : {}) });

/** Alice, with level 50, would change the levels of a room from one to the other. */
const change = (before: JsonObject, after: JsonObject) => (version: string) => {
  return room(version)
    .with(alice)
    .levels({ ...before, users: withAlice(before) })
    .check({
      type: "m.room.power_levels",
      stateKey: "",
      sender: alice,
      content: { ...after, users: withAlice(after) },
    });
};

/** The room has no levels yet. */
const first = (content: JsonObject) => (version: string) =>
  room(version).check({ type: "m.room.power_levels", stateKey: "", content });

describe("the first power levels", () => {
  test("may say anything, and nothing", () => {
    assertOutcomes({ "1-12": "allowed" }, first({}));
    assertOutcomes({ "1-12": "allowed" }, first({ ban: 1000, users: { [alice]: 1000 }, events: { a: 1000 } }));
  });

  test("do not name a creator in version 12", () => {
    const refused = ["power-levels.users.creator", /@creator.* made the room/] as const;
    assertOutcomes({ "1-11": "allowed", "12": refused }, first({ users: { [creator]: 100 } }));
    assertOutcomes({ "1-11": "allowed", "12": ["power-levels.users.creator", /@alice/] }, (version) =>
      room(version, { additional_creators: [alice] }).check({
        type: "m.room.power_levels",
        stateKey: "",
        content: { users: { [alice]: 100 } },
      }),
    );
  });
});

describe("the form of power levels", () => {
  const asText: Outcome = ["power-levels.level", /is not a power level/];

  test("is an integer since version 10; before also its text, and a float", () => {
    for (const name of levelNames) {
      assertOutcomes({ "1-12": "allowed" }, first({ [name]: 5 }));
      assertOutcomes({ "1-9": "allowed", "10-12": asText }, first({ [name]: "5" }));
      assertOutcomes({ "1-9": "allowed", "10-12": asText }, first({ [name]: 5.5 }));
      for (const wrong of ["", "5.5", "high", null, true, {}, []])
        assertOutcomes({ "1-12": asText }, first({ [name]: wrong }));
    }
  });

  for (const name of ["events", "notifications", "users"]) {
    test(`is the same in ${name}`, () => {
      const refused: Outcome = [`power-levels.${name}.level`, /"@alice:one.example" in .* is not a power level/];
      assertOutcomes({ "1-12": "allowed" }, first({ [name]: { [alice]: 5 } }));
      assertOutcomes({ "1-9": "allowed", "10-12": refused }, first({ [name]: { [alice]: "5" } }));
      assertOutcomes({ "1-12": refused }, first({ [name]: { [alice]: "five" } }));
    });
  }

  test("is an object in users, since version 10 in events and notifications too", () => {
    for (const wrong of [null, [], "", 1]) {
      assertOutcomes({ "1-12": ["power-levels.users", /not an object/] }, first({ users: wrong }));
      assertOutcomes({ "1-9": "allowed", "10-12": ["power-levels.events", /not an object/] }, first({ events: wrong }));
      assertOutcomes(
        { "1-9": "allowed", "10-12": ["power-levels.notifications", /not an object/] },
        first({ notifications: wrong }),
      );
    }
  });

  test("has user IDs as the keys of users", () => {
    for (const wrong of ["", "alice", "@alice", "#a:one.example"]) {
      assertOutcomes({ "1-12": ["power-levels.users.user-id", /is not a user ID/] }, first({ users: { [wrong]: 1 } }));
    }
  });
});

describe("a change of power levels", () => {
  test("may leave all as it is, also what is above the sender", () => {
    const content = { ban: 100, events: { a: 100 }, notifications: { room: 100 }, users: { [bob]: 100 } };
    assertOutcomes({ "1-12": "allowed" }, change({ ...content, state_default: 50 }, { ...content, state_default: 50 }));
  });

  test("may move anything up to the sender's level", () => {
    for (const name of levelNames.filter((each) => each !== "state_default")) {
      assertOutcomes({ "1-12": "allowed" }, change({ [name]: 50 }, { [name]: 0 }));
      assertOutcomes({ "1-12": "allowed" }, change({}, { [name]: 50 }));
    }
    assertOutcomes({ "1-12": "allowed" }, change({ events: { a: 50, b: 0 } }, { events: { b: 50, c: -1 } }));
    assertOutcomes({ "1-12": "allowed" }, change({ users: { [bob]: 49 } }, { users: { [bob]: 50 } }));
    assertOutcomes({ "1-12": "allowed" }, change({ users: { [bob]: 49 } }, {}));
  });

  test("does not alter or remove a level above the sender's", () => {
    for (const name of levelNames.filter((each) => each !== "state_default")) {
      const refused: Outcome = ["power-levels.named.current", new RegExp(`${name} is 51; @alice.* with 50`)];
      assertOutcomes({ "1-12": refused }, change({ [name]: 51 }, { [name]: 50 }));
      assertOutcomes({ "1-12": refused }, change({ [name]: 51 }, {}));
    }
    const refused: Outcome = ["power-levels.events.current", /a is 51/];
    assertOutcomes({ "1-12": refused }, change({ events: { a: 51 } }, { events: { a: 50 } }));
    assertOutcomes({ "1-12": refused }, change({ events: { a: 51 } }, {}));
  });

  test("does not add or raise a level above the sender's", () => {
    for (const name of levelNames) {
      const refused: Outcome = ["power-levels.named.next", new RegExp(`@alice.* with 50 may not set ${name} to 51`)];
      assertOutcomes({ "1-12": refused }, change({}, { [name]: 51 }));
      assertOutcomes({ "1-12": refused }, change({ [name]: 0 }, { [name]: 51 }));
    }
    const refused: Outcome = ["power-levels.events.next", /may not set a to 51/];
    assertOutcomes({ "1-12": refused }, change({}, { events: { a: 51 } }));
    assertOutcomes({ "1-12": refused }, change({ events: { a: 1 } }, { events: { a: 51 } }));
  });

  test("is guarded in notifications since version 6", () => {
    const current: Outcome = ["power-levels.notifications.current", /room is 51/];
    const next: Outcome = ["power-levels.notifications.next", /set room to 51/];
    assertOutcomes({ "1-5": "allowed", "6-12": current }, change({ notifications: { room: 51 } }, {}));
    assertOutcomes({ "1-5": "allowed", "6-12": next }, change({}, { notifications: { room: 51 } }));
  });

  test("takes more power than the user has whose level is altered or removed", () => {
    const refused: Outcome = ["power-levels.users.current", /@bob.* is 50; @alice.* with 50/];
    assertOutcomes({ "1-12": refused }, change({ users: { [bob]: 50 } }, { users: { [bob]: 0 } }));
    assertOutcomes({ "1-12": refused }, change({ users: { [bob]: 50 } }, {}));
  });

  test("lifts nobody above the sender", () => {
    const refused: Outcome = ["power-levels.users.next", /set @bob.* to 51/];
    assertOutcomes({ "1-12": refused }, change({}, { users: { [bob]: 51 } }));
    assertOutcomes({ "1-12": refused }, change({ users: { [bob]: 1 } }, { users: { [bob]: 51 } }));
    assertOutcomes({ "1-12": ["power-levels.users.next", /@alice.* to 51/] }, change({}, { users: { [alice]: 51 } }));
  });

  test("may lower the sender's own level", () => {
    assertOutcomes({ "1-12": "allowed" }, change({}, { users: { [alice]: 49 } }));
  });

  test("compares what the values mean, not how they are written", () => {
    for (const version of ["1", "5", "9"]) {
      assertOutcome(change({ ban: 100 }, { ban: " +0100 " })(version), "allowed");
      assertOutcome(change({ users: { [bob]: 100.9 } }, { users: { [bob]: 100 } })(version), "allowed");
    }
  });

  test("by a creator is unlimited in version 12", () => {
    assertOutcome(
      room("12")
        .levels({ ban: 1000, users: { [bob]: 2 ** 53 - 1 } })
        .check({ type: "m.room.power_levels", stateKey: "", content: { ban: 2 ** 53 - 1 } }),
      "allowed",
    );
  });
});
