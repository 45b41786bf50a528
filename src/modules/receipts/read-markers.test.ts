import assert from "node:assert/strict";
import { path, refusal, type SyncJson, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

const mark = async (client: TestClient, roomId: string, body: object) =>
  await client.post(path`rooms/${roomId}/read_markers`, body);

/** Where the user's marker stands by an answer of `/sync`. */
function markerIn(answer: SyncJson, roomId: string): unknown {
  const events = answer.rooms?.join?.[roomId]?.account_data?.events ?? [];
  return events.find(({ type }) => type === "m.fully_read")?.content["event_id"];
}

const receiptsIn = (answer: SyncJson, roomId: string): readonly unknown[] =>
  (answer.rooms?.join?.[roomId]?.ephemeral?.events ?? []).map(({ content }) => content);

const marker = async (client: TestClient, roomId: string): Promise<unknown> =>
  (await client.get(path`user/${client.userId}/rooms/${roomId}/account_data/m.fully_read`))["event_id"];

it("the marker is account data of the room, told to the user's clients alone", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await bob.join(roomId);
  const eventId = await alice.say(roomId, "hello");
  const [hers, his] = [await alice.sync(), await bob.sync()];
  const waiting = alice.sync({ since: hers.next_batch, timeout: 10_000 });
  assert.deepEqual(await mark(alice, roomId, { "m.fully_read": eventId }), {});
  assert.equal(markerIn(await waiting, roomId), eventId);
  assert.equal(markerIn(await alice.sync(), roomId), eventId);
  assert.equal(await marker(alice, roomId), eventId);
  assert.equal((await bob.sync({ since: his.next_batch })).rooms, undefined);
});

it("the marker and both kinds of receipts move with one request, all of them or none", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  const [first, second, third] = [
    await alice.say(roomId, "1"),
    await alice.say(roomId, "2"),
    await alice.say(roomId, "3"),
  ];
  const { next_batch: since } = await alice.sync();
  const wrong = { "m.fully_read": first, "m.read": second, "m.read.private": "$unknown" };
  assert.equal(await refusal(mark(alice, roomId, wrong)), "404 M_NOT_FOUND");
  assert.equal((await alice.sync({ since })).rooms, undefined);
  await mark(alice, roomId, { "m.fully_read": first, "m.read": second, "m.read.private": third });
  const answer = await alice.sync({ since });
  assert.equal(markerIn(answer, roomId), first);
  const [content] = receiptsIn(answer, roomId);
  const shape = JSON.stringify(content).replaceAll(/"ts":\d+/g, "");
  const of = (type: string): string => `{"${type}":{"${alice.userId}":{}}}`;
  assert.equal(shape, `{"${second}":${of("m.read")},"${third}":${of("m.read.private")}}`);
});

it("nothing at all, and members of other names, are let be", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  const { next_batch: since } = await alice.sync();
  for (const body of [{}, { "org.other": "$event" }]) assert.deepEqual(await mark(alice, roomId, body), {});
  assert.equal((await alice.sync({ since })).rooms, undefined);
});

it("what is no event ID is refused", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  for (const name of ["m.fully_read", "m.read", "m.read.private"])
    assert.equal(await refusal(mark(alice, roomId, { [name]: 7 })), "400 M_BAD_JSON");
});

it("the marker goes back only when the client says so", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  const [first, second] = [await alice.say(roomId, "1"), await alice.say(roomId, "2")];
  await mark(alice, roomId, { "m.fully_read": second });
  const { next_batch: since } = await alice.sync();
  for (const eventId of [first, second]) await mark(alice, roomId, { "m.fully_read": eventId });
  assert.equal((await alice.sync({ since })).rooms, undefined);
  await mark(alice, roomId, { "m.fully_read": first, "com.beeper.allow_backward": true });
  assert.equal(await marker(alice, roomId), first);
});

it("of markers that come at once the furthest stays", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  const eventIds: string[] = [];
  for (let n = 0; n < 8; n++) eventIds.push(await alice.say(roomId, String(n)));
  await Promise.all(
    eventIds.toReversed().map(async (eventId) => await mark(alice, roomId, { "m.fully_read": eventId })),
  );
  assert.equal(await marker(alice, roomId), eventIds.at(-1));
});

it("the marker can be sent as a receipt, and is none", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const roomId = await alice.createRoom();
  const eventId = await alice.say(roomId, "hello");
  assert.deepEqual(await alice.post(path`rooms/${roomId}/receipt/m.fully_read/${eventId}`), {});
  const answer = await alice.sync();
  assert.equal(markerIn(answer, roomId), eventId);
  assert.deepEqual(receiptsIn(answer, roomId), []);
});
