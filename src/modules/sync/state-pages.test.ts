import assert from "node:assert/strict";
import type { EventJson } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

const TYPE = "org.example.state";
/** More than are read at once, and more text than is sent at once. */
const COUNT = 250;
const numbers = Array.from({ length: COUNT }, (_, number) => String(number));

/** A room with that many state events. */
async function roomWithMuchState(homeserver: TestHomeserver) {
  const alice = await homeserver.register("alice");
  const initial_state = numbers.map((state_key) => ({ type: TYPE, state_key, content: { text: "a".repeat(200) } }));
  return { alice, roomId: await alice.createRoom({ initial_state }) };
}

const keysOf = (events: readonly EventJson[] = []): (string | undefined)[] =>
  events.filter(({ type }) => type === TYPE).map(({ state_key }) => state_key);

it("much state is told whole, in the order of its events", async (homeserver) => {
  const { alice, roomId } = await roomWithMuchState(homeserver);
  const filter = { room: { timeline: { limit: 0 } } };
  for (const lazy of [false, true]) {
    const state = { lazy_load_members: lazy };
    const room = (await alice.sync({ filter: { room: { ...filter.room, state } } })).rooms?.join?.[roomId];
    assert.deepEqual(keysOf(room?.state.events), numbers);
    assert.equal(room?.state.events.filter(({ type }) => type === "m.room.create").length, 1);
  }
  await alice.leave(roomId);
  const left = (await alice.sync({ filter: { room: { ...filter.room, include_leave: true } } })).rooms?.leave?.[roomId];
  assert.deepEqual(keysOf(left?.state.events), numbers);
});

it("state that the filter hides from the timeline takes the place of what was before, or comes last", async (homeserver) => {
  const { alice, roomId } = await roomWithMuchState(homeserver);
  await alice.say(roomId, "1");
  await alice.setState(roomId, TYPE, { text: "b" }, "7");
  await alice.setState(roomId, TYPE, { text: "c" }, "new");
  await alice.say(roomId, "2");
  const filter = { room: { timeline: { types: ["m.room.message"], limit: 2 } } };
  const room = (await alice.sync({ filter })).rooms?.join?.[roomId];
  assert.deepEqual(keysOf(room?.state.events), [...numbers, "new"]);
  assert.equal(room?.state.events.find(({ state_key }) => state_key === "7")?.content["text"], "b");
});

it("the filter of the state holds for every page", async (homeserver) => {
  const { alice, roomId } = await roomWithMuchState(homeserver);
  const filter = { room: { timeline: { limit: 0 }, state: { not_types: [TYPE] } } };
  const room = (await alice.sync({ filter })).rooms?.join?.[roomId];
  assert.deepEqual(keysOf(room?.state.events), []);
  assert.ok(room?.state.events.some(({ type }) => type === "m.room.power_levels"));
});
