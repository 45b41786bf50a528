import assert from "node:assert/strict";
import {
  type EventJson,
  path,
  type SyncJson,
  type SyncRoomJson,
  type TestClient,
} from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

type Events = { readonly events: readonly EventJson[] };
type RoomJson = Omit<SyncRoomJson, "state"> & { readonly state?: Events; readonly state_after?: Events };

interface Wishes {
  readonly since?: string;
  readonly filter?: object;
  readonly full_state?: boolean;
}

async function syncAfter(user: TestClient, { since, filter, full_state: isFull }: Wishes = {}): Promise<SyncJson> {
  const query = new URLSearchParams({ use_state_after: "true" });
  if (since !== undefined) query.set("since", since);
  if (filter !== undefined) query.set("filter", JSON.stringify(filter));
  if (isFull) query.set("full_state", "true");
  return await user.get(`sync?${query.toString()}`);
}

function roomOf(answer: SyncJson, roomId: string, group: "join" | "leave" = "join"): RoomJson {
  const room: RoomJson | undefined = answer.rooms?.[group]?.[roomId];
  assert.ok(room, "the room is told");
  return room;
}

async function start(homeserver: TestHomeserver) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

const topicsOf = ({ events }: Events = { events: [] }): unknown[] =>
  events.filter(({ type }) => type === "m.room.topic").map(({ content }) => content["topic"]);
const keysOf = ({ events }: Events = { events: [] }): string[] =>
  events.map(({ type, state_key: key }) => `${type} ${key}`).toSorted();

it("at first the state is that at the end of the timeline, the timeline's own state included", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  await alice.setState(roomId, "m.room.topic", { topic: "old" });
  await alice.say(roomId, "1");
  await alice.setState(roomId, "m.room.topic", { topic: "new" });
  const room = roomOf(await syncAfter(bob, { filter: { room: { timeline: { limit: 1 } } } }), roomId);
  assert.equal(room.state, undefined);
  assert.deepEqual(topicsOf(room.timeline), ["new"]);
  assert.deepEqual(topicsOf(room.state_after), ["new"]);
  assert.ok(keysOf(room.state_after).includes(`m.room.member ${bob.userId}`));
  const before = roomOf(await bob.sync({ filter: { room: { timeline: { limit: 1 } } } }), roomId);
  assert.deepEqual([topicsOf(before.state), before.state_after], [["old"], undefined]);
});

it("later it is what changed up to the end: the last of several changes, and an empty list for messages", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  const { next_batch: since } = await syncAfter(bob);
  await alice.setState(roomId, "m.room.topic", { topic: "one" });
  await alice.setState(roomId, "m.room.topic", { topic: "two" });
  await alice.setState(roomId, "m.room.name", { name: "n" });
  const changed = await syncAfter(bob, { since });
  const room = roomOf(changed, roomId);
  assert.deepEqual(topicsOf(room.timeline), ["one", "two"]);
  assert.deepEqual(keysOf(room.state_after), ["m.room.name ", "m.room.topic "]);
  assert.deepEqual(topicsOf(room.state_after), ["two"]);
  await alice.say(roomId, "hello");
  const { state, state_after } = roomOf(await syncAfter(bob, { since: changed.next_batch }), roomId);
  assert.deepEqual([state, state_after], [undefined, { events: [] }]);
});

it("after a gap it has what changed within the gap and within the timeline", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  const { next_batch: since } = await syncAfter(bob);
  await alice.setState(roomId, "m.room.topic", { topic: "in the gap" });
  for (let n = 0; n < 3; n++) await alice.say(roomId, `${n}`);
  await alice.setState(roomId, "m.room.name", { name: "n" });
  const filter = { room: { timeline: { limit: 2 } } };
  const room = roomOf(await syncAfter(bob, { since, filter }), roomId);
  assert.equal(room.timeline.limited, true);
  assert.deepEqual(keysOf(room.state_after), ["m.room.name ", "m.room.topic "]);
});

it("with full_state it is all state at the end", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  const { next_batch: since } = await syncAfter(bob);
  await alice.setState(roomId, "m.room.topic", { topic: "t" });
  const room = roomOf(await syncAfter(bob, { since, full_state: true }), roomId);
  assert.ok(keysOf(room.state_after).includes("m.room.create "));
  assert.deepEqual(topicsOf(room.state_after), ["t"]);
});

it("a filter of the state holds for it, whatever the timeline shows", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  const { next_batch: since } = await syncAfter(bob);
  await alice.setState(roomId, "m.room.topic", { topic: "t" });
  await alice.setState(roomId, "m.room.name", { name: "n" });
  const filter = { room: { state: { types: ["m.room.name"] }, timeline: { not_types: ["m.room.name"] } } };
  const room = roomOf(await syncAfter(bob, { since, filter }), roomId);
  assert.deepEqual(topicsOf(room.timeline), ["t"]);
  assert.deepEqual(keysOf(room.state_after), ["m.room.name "]);
});

it("with lazy loading it has who speaks, as of the end, and whose membership changed", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  const filter = { room: { state: { lazy_load_members: true }, timeline: { limit: 2 } } };
  await alice.say(roomId, "hello");
  await alice.put(path`profile/${alice.userId}/displayname`, { displayname: "Alicia" });
  const first = await syncAfter(bob, { filter });
  const members = roomOf(first, roomId).state_after?.events.filter(({ type }) => type === "m.room.member") ?? [];
  const named = members.find(({ state_key: key }) => key === alice.userId);
  assert.equal(named?.content["displayname"], "Alicia");
  assert.equal(keysOf({ events: members }).includes(`m.room.member ${bob.userId}`), true);
  await alice.tell("kick", roomId, carol);
  const later = roomOf(await syncAfter(bob, { since: first.next_batch, filter }), roomId);
  assert.deepEqual(keysOf(later.state_after), [`m.room.member ${carol.userId}`]);
});

it("of a room that was left it is the state of the departure", async (homeserver) => {
  const { alice, bob, roomId } = await start(homeserver);
  const { next_batch: since } = await syncAfter(bob);
  await alice.setState(roomId, "m.room.topic", { topic: "seen" });
  await bob.leave(roomId);
  await alice.setState(roomId, "m.room.topic", { topic: "unseen" });
  const room = roomOf(await syncAfter(bob, { since }), roomId, "leave");
  assert.equal(room.state, undefined);
  assert.deepEqual(topicsOf(room.state_after), ["seen"]);
});

it("clients of the proposal are answered in its words", async (homeserver) => {
  const { bob, roomId } = await start(homeserver);
  const answer = await bob.get<SyncJson>("sync?org.matrix.msc4222.use_state_after=true");
  const room = roomOf(answer, roomId);
  const names = Object.keys(room).filter((name) => name.includes("state"));
  assert.deepEqual(names, ["org.matrix.msc4222.state_after"]);
  const { unstable_features: features } = await bob.get<{ unstable_features: object }>("/_matrix/client/versions");
  assert.ok("org.matrix.msc4222" in features);
});
