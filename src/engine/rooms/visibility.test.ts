import assert from "node:assert/strict";
import { onSqlite } from "../../../test/support/databases.ts";
import { alice, creator, openEngineForTest, type TestEngine, type TestRoom } from "./testing.ts";
import type { Database } from "../../store/sql.ts";
import type { StoredEvent } from "./stored-event.ts";
import { accessTo, visibleEvents } from "./visibility.ts";

type Visibility = "world_readable" | "shared" | "invited" | "joined";
const VISIBILITIES: readonly Visibility[] = ["world_readable", "shared", "invited", "joined"];

/** A life with a room. In every step something is said; the name of the step is what is said. */
const LIVES: Readonly<Record<string, readonly Step[]>> = {
  "never joined": ["before"],
  invited: ["before", "invited"],
  joined: ["before", "invited", "joined"],
  left: ["before", "invited", "joined", "left"],
  rejoined: ["before", "invited", "joined", "left", "rejoined"],
};
type Step = "before" | "invited" | "joined" | "left" | "rejoined";

/** What is seen of a life, by the visibility that held all the time. */
const SEEN: Readonly<Record<Visibility, Readonly<Record<string, readonly Step[]>>>> = {
  world_readable: LIVES,
  shared: {
    "never joined": [],
    invited: [],
    joined: ["before", "invited", "joined"],
    left: ["before", "invited", "joined"],
    rejoined: ["before", "invited", "joined", "left", "rejoined"],
  },
  invited: {
    "never joined": [],
    invited: [],
    joined: ["invited", "joined"],
    left: ["invited", "joined"],
    rejoined: ["invited", "joined", "rejoined"],
  },
  joined: {
    "never joined": [],
    invited: [],
    joined: ["joined"],
    left: ["joined"],
    rejoined: ["joined", "rejoined"],
  },
};

/** What `userId` sees of what was said. */
async function seenBy({ rooms }: TestEngine, { roomId }: TestRoom, userId: string): Promise<unknown[]> {
  const room = await rooms.require(roomId);
  const whole = { roomNid: room.nid, from: 0, to: Number.MAX_SAFE_INTEGER, limit: 100 };
  const access = await accessTo(rooms, room, userId);
  const visible = await visibleEvents(rooms, access, await rooms.events.forwards(whole));
  return visible.filter(({ pdu }) => pdu.type === "m.room.message").map(({ pdu }) => pdu.content["body"]);
}

const ACTS: Readonly<Record<Step, (room: TestRoom) => Promise<unknown>>> = {
  before: async () => {},
  invited: async (room) => await room.invite(alice),
  joined: async (room) => await room.join(alice),
  left: async (room) => await room.leave(alice),
  rejoined: async (room) => await room.join(alice),
};

for (const historyVisibility of VISIBILITIES) {
  onSqlite(
    `history that is ${historyVisibility} is seen as the time of joining and leaving allows`,
    async (database) => {
      const engine = await openEngineForTest(database);
      const room = await engine.room({ historyVisibility });
      // Longest life last: the room is looked at after every step.
      for (const [life, steps] of Object.entries(LIVES)) {
        const step = steps.at(-1) ?? "before";
        await ACTS[step](room);
        await room.say(creator, step);
        assert.deepEqual(await seenBy(engine, room, alice), SEEN[historyVisibility][life], life);
      }
      assert.deepEqual(await seenBy(engine, room, creator), LIVES["rejoined"]);
    },
  );
}

onSqlite("a change of the visibility is seen by who sees either side of it", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ historyVisibility: "joined" });
  const opening = await room.set("m.room.history_visibility", { history_visibility: "shared" });
  const closing = await room.set("m.room.history_visibility", { history_visibility: "joined" });
  const hidden = await room.set("m.room.history_visibility", { history_visibility: "invited" });
  await room.join(alice);
  const access = await accessTo(engine.rooms, await engine.rooms.require(room.roomId), alice);
  const visible = await visibleEvents(engine.rooms, access, [opening, closing, hidden]);
  assert.deepEqual(visible, [opening, closing]);
});

onSqlite("events are judged by the visibility of their time, not by that of today", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ historyVisibility: "shared", members: [alice] });
  await room.say(creator, "shared");
  await room.leave(alice);
  await room.say(creator, "shared, after the departure");
  await room.set("m.room.history_visibility", { history_visibility: "joined" });
  await room.say(creator, "for the joined");
  await room.set("m.room.history_visibility", { history_visibility: "world_readable" });
  await room.say(creator, "for the world");
  assert.deepEqual(await seenBy(engine, room, alice), ["shared", "for the world"]);
  assert.deepEqual(await seenBy(engine, room, "@stranger:test"), ["for the world"]);
  await room.join(alice);
  assert.deepEqual(await seenBy(engine, room, alice), ["shared", "shared, after the departure", "for the world"]);
});

onSqlite("a change of one's own membership is seen by who sees either side of it", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ historyVisibility: "joined" });
  const [invite, join, ban] = [await room.invite(alice), await room.join(alice), await room.ban(alice)];
  const access = await accessTo(engine.rooms, await engine.rooms.require(room.roomId), alice);
  assert.deepEqual(await visibleEvents(engine.rooms, access, [invite, join, ban]), [join, ban]);
});

onSqlite("who is not in a room sees what became of the own membership since", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ historyVisibility: "joined" });
  const changes = [await room.invite(alice), await room.leave(alice), await room.ban(alice)];
  const access = await accessTo(engine.rooms, await engine.rooms.require(room.roomId), alice);
  assert.deepEqual(await visibleEvents(engine.rooms, access, changes), changes);
});

onSqlite("events of many different states are judged with a few queries", async (database) => {
  let queryCount = 0;
  const watched: Database = {
    dialect: database.dialect,
    async all(text, params) {
      queryCount++;
      return await database.all(text, params);
    },
    get: async (text, params) => await database.get(text, params),
    commit: async (transactions) => await database.commit(transactions),
    [Symbol.asyncDispose]: async () => await database[Symbol.asyncDispose](),
  };
  const engine = await openEngineForTest(watched);
  const room = await engine.room({ historyVisibility: "shared" });
  const events: StoredEvent[] = [];
  for (let count = 0; count < 30; count++) events.push(await room.set("m.room.topic", { topic: `Topic ${count}` }));
  await room.join(alice);
  const { rooms } = await engine.reopen();
  const access = await accessTo(rooms, await rooms.require(room.roomId), alice);
  queryCount = 0;
  assert.equal((await visibleEvents(rooms, access, events)).length, events.length);
  assert.ok(queryCount < events.length / 3, `${queryCount} queries`);
});

onSqlite(
  "who has left sees the state of the departure; strangers see none; of a public room all see today's",
  async (database) => {
    const engine = await openEngineForTest(database);
    const testRoom = await engine.room({ members: [alice] });
    const left = await testRoom.ban(alice);
    await testRoom.set("m.room.name", { name: "Later" });
    const room = await engine.rooms.require(testRoom.roomId);
    const rootFor = async (userId: string): Promise<string | undefined> =>
      (await accessTo(engine.rooms, room, userId)).stateRoot;
    assert.equal(await rootFor(alice), left.stateAfter);
    assert.equal(await rootFor("@stranger:test"), undefined);
    assert.equal(await rootFor(creator), room.publishedState);
    await testRoom.set("m.room.history_visibility", { history_visibility: "world_readable" });
    assert.equal(await rootFor("@stranger:test"), room.publishedState);
  },
);

onSqlite("who forgot a room sees nothing of it any more", async (database) => {
  const engine = await openEngineForTest(database);
  const room = await engine.room({ members: [alice] });
  await room.say(creator, "Hello");
  await room.leave(alice);
  assert.deepEqual(await seenBy(engine, room, alice), ["Hello"]);
  await engine.rooms.forget(room.roomId, alice);
  assert.deepEqual(await seenBy(engine, room, alice), []);
});
