import assert from "node:assert/strict";
import { path, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import { type FoundJson, searchFor } from "./testing.ts";

const it = homeserverTests();

async function start(homeserver: TestHomeserver): Promise<{ alice: TestClient; bob: TestClient; roomId: string }> {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await bob.join(roomId);
  for (let number = 1; number <= 9; number++) {
    await (number % 2 === 0 ? bob : alice).say(roomId, `message ${number}${number === 5 ? " treasure" : ""}`);
  }
  return { alice, bob, roomId };
}

const contextIn = ({ results }: FoundJson) => results[0]?.context ?? assert.fail("There is no context");
const bodies = (events: readonly { readonly content: Readonly<Record<string, unknown>> }[]): unknown[] =>
  events.map(({ content }) => content["body"]);

it("the context is what was said before and after, the closest first, and tokens to go on", async (homeserver) => {
  const { alice, roomId } = await start(homeserver);
  const event_context = { before_limit: 2, after_limit: 1 };
  const context = contextIn(await searchFor(alice, "treasure", { event_context }));
  assert.deepEqual(bodies(context.events_before), ["message 4", "message 3"]);
  assert.deepEqual(bodies(context.events_after), ["message 6"]);
  assert.equal(context.profile_info, undefined);
  assert.deepEqual(bodies((await alice.messages(roomId, { from: context.start, limit: "1" })).chunk), ["message 2"]);
  const later = await alice.messages(roomId, { from: context.end, dir: "f", limit: "1" });
  assert.deepEqual(bodies(later.chunk), ["message 7"]);
});

it("without limits five on either side are told, with limits of 0 none, and no context unless asked", async (homeserver) => {
  const { alice } = await start(homeserver);
  const usual = contextIn(await searchFor(alice, "treasure", { event_context: {} }));
  assert.deepEqual([usual.events_before.length, usual.events_after.length], [5, 4]);
  const none = contextIn(await searchFor(alice, "treasure", { event_context: { before_limit: 0, after_limit: 0 } }));
  assert.deepEqual([none.events_before, none.events_after], [[], []]);
  const [{ context, ...rest } = assert.fail()] = (await searchFor(alice, "treasure")).results;
  assert.deepEqual([context, Object.keys(rest)], [undefined, ["rank", "result"]]);
});

it("profiles of those who speak are told as they were then", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  await bob.put(path`profile/${bob.userId}/displayname`, { displayname: "Robert" });
  const event_context = { before_limit: 1, after_limit: 0, include_profile: true };
  const { profile_info } = contextIn(await searchFor(alice, "treasure", { event_context }));
  assert.deepEqual(Object.keys(profile_info ?? {}).toSorted(), [alice.userId, bob.userId].toSorted());
  assert.notDeepEqual(profile_info?.[bob.userId], { displayname: "Robert" });
});

it("state is told for rooms with results: all, or with lazy members those who were found", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  await alice.createRoom();
  const found = await searchFor(alice, "treasure", { include_state: true });
  assert.deepEqual(Object.keys(found.state ?? {}), [roomId]);
  const membersIn = ({ state }: FoundJson) =>
    (state?.[roomId] ?? []).filter(({ type }) => type === "m.room.member").map(({ state_key }) => state_key);
  assert.deepEqual(new Set(membersIn(found)), new Set([alice.userId, bob.userId]));
  assert.ok(found.state?.[roomId]?.some(({ type, room_id }) => type === "m.room.create" && room_id === roomId));
  const filter = { lazy_load_members: true };
  const lazy = await searchFor(alice, "treasure", { include_state: true, filter });
  assert.deepEqual(membersIn(lazy), [alice.userId]);
  assert.ok(lazy.state?.[roomId]?.some(({ type }) => type === "m.room.create"));
});

it("who left sees of the context and the state what there was", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  await bob.leave(roomId);
  await alice.setState(roomId, "m.room.topic", { topic: "after bob" });
  for (let number = 0; number < 3; number++) await alice.say(roomId, "after bob");
  const event_context = { before_limit: 0, after_limit: 50 };
  const found = await searchFor(bob, "treasure", { include_state: true, event_context });
  assert.ok(!bodies(contextIn(found).events_after).includes("after bob"));
  assert.ok(found.state?.[roomId]?.every(({ type }) => type !== "m.room.topic"));
});
