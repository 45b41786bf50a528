import assert from "node:assert/strict";
import { type EventJson, type PageJson, path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

interface ToldOfRoomJson {
  readonly visibility: string;
  readonly receipts: readonly {
    readonly room_id: string;
    readonly content: Readonly<Record<string, Readonly<Record<string, object>>>>;
  }[];
}

type RoomInfoJson = {
  readonly room_id: string;
  readonly membership: string;
  readonly messages?: PageJson;
  readonly state?: readonly EventJson[];
};
type ReceiptEventJson = {
  readonly type: string;
  readonly room_id: string;
  readonly content: Readonly<Record<string, Readonly<Record<string, object>>>>;
};
type EphemeralPageJson = { readonly chunk: readonly ReceiptEventJson[] };
type InitialSyncJson = {
  readonly end: string;
  readonly rooms: readonly RoomInfoJson[];
  readonly receipts: readonly ReceiptEventJson[];
};

/** `!room $event @user` of a public receipt. */
function readersOf({ type, room_id: roomId, content }: ReceiptEventJson): string {
  assert.equal(type, "m.receipt");
  const read = Object.entries(content).flatMap(([eventId, types]) => [eventId, ...Object.keys(types["m.read"] ?? {})]);
  return [roomId, ...read].join(" ");
}

it("a room's initial sync tells its last messages and its state, to members alone", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom();
  for (const text of ["1", "2", "3"]) await alice.say(roomId, text);
  const info = await alice.get<RoomInfoJson>(`${path`rooms/${roomId}/initialSync`}?limit=2`);
  assert.deepEqual([info.room_id, info.membership], [roomId, "join"]);
  assert.deepEqual(
    info.messages?.chunk.map(({ content }) => content["body"]),
    ["2", "3"],
  );
  assert.ok(info.state?.some(({ type }) => type === "m.room.create"));
  const { chunk } = await alice.messages(roomId, { from: info.messages?.start ?? "", limit: "1" });
  assert.equal(chunk[0]?.content["body"], "1");
  for (const room of [roomId, "!unknown:test"]) {
    assert.equal(await refusal(bob.get(path`rooms/${room}/initialSync`)), "403 M_FORBIDDEN");
  }
});

it("much state is told whole, by both", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const keys = Array.from({ length: 250 }, (_, number) => String(number));
  const content = { text: "a".repeat(200) };
  const initial_state = keys.map((state_key) => ({ type: "org.example.state", state_key, content }));
  const roomId = await alice.createRoom({ initial_state });
  await alice.createRoom();
  const told = await alice.get<InitialSyncJson>("initialSync");
  assert.equal(told.rooms.length, 2);
  const room = told.rooms.find(({ room_id }) => room_id === roomId);
  for (const { state } of [
    room ?? assert.fail("told"),
    await alice.get<RoomInfoJson>(path`rooms/${roomId}/initialSync`),
  ]) {
    const found = state?.filter(({ type }) => type === "org.example.state").map(({ state_key }) => state_key);
    assert.deepEqual(found, keys);
  }
});

it("a room tells its visibility and who has read what, but that not to those who left", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat", visibility: "public" });
  await bob.join(roomId);
  const eventId = await alice.say(roomId, "hello");
  await alice.post(path`rooms/${roomId}/receipt/m.read.private/${eventId}`);
  await bob.post(path`rooms/${roomId}/receipt/m.read/${eventId}`);
  const told = async (client: TestClient) => {
    const info: ToldOfRoomJson = await client.get(path`rooms/${roomId}/initialSync`);
    const readers = info.receipts.map(({ content }) => content[eventId]?.["m.read"] ?? {});
    return [info.visibility, info.receipts[0]?.room_id, ...readers.flatMap((by) => Object.keys(by))];
  };
  assert.deepEqual(await told(bob), ["public", roomId, bob.userId]);
  await bob.leave(roomId);
  assert.deepEqual(await told(bob), ["public", undefined]);
});

it("an invite is told with its event", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  await alice.createRoom({ invite: [bob.userId] });
  const [room] = (await bob.get<{ rooms: { invite?: EventJson; visibility?: string }[] }>("initialSync")).rooms;
  assert.deepEqual([room?.invite?.sender, room?.invite?.state_key], [alice.userId, bob.userId]);
  assert.equal(room?.visibility, undefined);
});

it("the initial sync lists rooms by membership, and events go on from its end", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const [joined, invited, left] = [
    await alice.createRoom({ preset: "public_chat" }),
    await alice.createRoom({ invite: [bob.userId] }),
    await alice.createRoom({ preset: "public_chat" }),
  ];
  for (const room of [joined, left]) await bob.join(room);
  await bob.leave(left);
  const listed = ({ rooms }: InitialSyncJson) =>
    rooms.map(({ room_id, membership }) => `${room_id} ${membership}`).toSorted();
  const answer = await bob.get<InitialSyncJson>("initialSync");
  const two = [`${joined} join`, `${invited} invite`];
  assert.deepEqual(listed(answer), two.toSorted());
  const archived = await bob.get<InitialSyncJson>("initialSync?archived=true");
  assert.deepEqual(listed(archived), [...two, `${left} leave`].toSorted());

  const waiting = bob.get<PageJson>(`events?from=${answer.end}&timeout=10000`);
  await alice.say(joined, "news");
  const { chunk, end = "" } = await waiting;
  assert.equal(chunk[0]?.content["body"], "news");
  assert.equal(chunk[0]?.room_id, joined);
  assert.deepEqual((await bob.get<PageJson>(`events?from=${end}&timeout=10`)).chunk, []);
  assert.equal(await refusal(bob.get("events?from=nonsense")), "400 M_INVALID_PARAM");
});

it("receipts are told with the initial sync of all rooms, and as events", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await bob.join(roomId);
  const [first, second] = [await alice.say(roomId, "1"), await alice.say(roomId, "2")];
  await bob.post(path`rooms/${roomId}/receipt/m.read/${first}`);
  const { end, receipts } = await alice.get<InitialSyncJson>("initialSync");
  assert.deepEqual(receipts.map(readersOf), [`${roomId} ${first} ${bob.userId}`]);
  const waiting = alice.get<EphemeralPageJson>(`events?from=${end}&timeout=10000`);
  await bob.post(path`rooms/${roomId}/receipt/m.read/${second}`);
  assert.deepEqual((await waiting).chunk.map(readersOf), [`${roomId} ${second} ${bob.userId}`]);
});

it("account data and tags that change are told among the events, to their user alone", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await bob.join(roomId);
  const { end } = await alice.get<InitialSyncJson>("initialSync");
  const { end: his } = await bob.get<InitialSyncJson>("initialSync");
  const waiting = alice.get<PageJson>(`events?from=${end}&timeout=10000`);
  await alice.put(path`user/${alice.userId}/account_data/org.example`, { n: 1 });
  const told = await waiting;
  assert.deepEqual(told.chunk, [{ type: "org.example", content: { n: 1 } }]);
  await alice.put(path`user/${alice.userId}/rooms/${roomId}/tags/u.loom`, { order: 0.5 });
  const tag = { room_id: roomId, type: "m.tag", content: { tags: { "u.loom": { order: 0.5 } } } };
  assert.deepEqual((await alice.get<PageJson>(`events?from=${told.end}`)).chunk, [tag]);
  assert.deepEqual((await alice.get<PageJson>(`events?from=${told.end}&room_id=${roomId}`)).chunk, [tag]);
  assert.deepEqual((await bob.get<PageJson>(`events?from=${his}`)).chunk, []);
});

it("an event is found by its ID alone, by those who may see it", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom();
  const eventId = await alice.say(roomId, "hello");
  const event = await alice.get<EventJson>(path`events/${eventId}`);
  assert.deepEqual([event.event_id, event.room_id], [eventId, roomId]);
  assert.equal(await refusal(bob.get(path`events/${eventId}`)), "404 M_NOT_FOUND");
  assert.equal(await refusal(bob.get(path`events/${"$unknown"}`)), "404 M_NOT_FOUND");
});
