import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { path, refusal, type SyncJson, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

type ReceiptJson = { readonly ts: number; readonly thread_id?: string };
type ContentJson = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, ReceiptJson>>>>>>;

/** What an answer tells of receipts in a room: `@user m.read $event thread`, sorted. */
function told(answer: SyncJson, roomId: string): string[] {
  const events = answer.rooms?.join?.[roomId]?.ephemeral?.events ?? [];
  const contents = events.filter(({ type }) => type === "m.receipt").map(({ content }) => toContent(content));
  return contents.flatMap(lines).toSorted();
}

function toContent(content: unknown): ContentJson {
  const copy: ContentJson = JSON.parse(JSON.stringify(content));
  return copy;
}

const lines = (content: ContentJson): string[] =>
  Object.entries(content).flatMap(([eventId, types]) =>
    Object.entries(types).flatMap(([type, users]) =>
      Object.entries(users).map(([userId, { thread_id: thread }]) =>
        [userId, type, eventId, ...(thread === undefined ? [] : [thread])].join(" "),
      ),
    ),
  );

const send = async (client: TestClient, roomId: string, to: readonly [type: string, eventId: string], body?: object) =>
  await client.post(path`rooms/${roomId}/receipt/${to[0]}/${to[1]}`, body);

/** A message that relates to another event. */
async function relate(client: TestClient, roomId: string, type: string, eventId: string): Promise<string> {
  const content = { msgtype: "m.text", body: type, "m.relates_to": { rel_type: type, event_id: eventId } };
  const txnId = randomUUID();
  return (await client.put(path`rooms/${roomId}/send/m.room.message/${txnId}`, content)).event_id;
}

/** Alice's public room, which Bob has joined. */
async function twoInARoom(homeserver: TestHomeserver) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

it("a receipt is told to who waits, to who comes back later, and on initial sync", async (homeserver) => {
  const { alice, bob, roomId } = await twoInARoom(homeserver);
  const eventId = await alice.say(roomId, "hello");
  const { next_batch: since } = await alice.sync();
  const waiting = alice.sync({ since, timeout: 10_000 });
  const before = Date.now();
  assert.deepEqual(await send(bob, roomId, ["m.read", eventId]), {});
  const answer = await waiting;
  const line = [`${bob.userId} m.read ${eventId}`];
  assert.deepEqual(told(answer, roomId), line);
  const [event] = answer.rooms?.join?.[roomId]?.ephemeral?.events ?? [];
  const ts = toContent(event?.content)[eventId]?.["m.read"]?.[bob.userId]?.ts ?? 0;
  assert.ok(ts >= before && ts <= Date.now(), `the server's time: ${ts}`);
  assert.deepEqual(told(await alice.sync(), roomId), line);
  assert.deepEqual(told(await alice.sync({ since: answer.next_batch }), roomId), []);
  await homeserver.restart();
  assert.deepEqual(told(await alice.sync({ since }), roomId), line);
  assert.deepEqual(told(await alice.sync({ since: answer.next_batch }), roomId), []);
});

it("only the newest receipt of a user counts, and an older one never moves it back", async (homeserver) => {
  const { alice, bob, roomId } = await twoInARoom(homeserver);
  const [first, second] = [await alice.say(roomId, "1"), await alice.say(roomId, "2")];
  const { next_batch: since } = await alice.sync();
  for (const eventId of [first, second]) await send(bob, roomId, ["m.read", eventId]);
  const moved = await alice.sync({ since });
  assert.deepEqual(told(moved, roomId), [`${bob.userId} m.read ${second}`]);
  for (const eventId of [first, second]) await send(bob, roomId, ["m.read", eventId]);
  assert.equal((await alice.sync({ since: moved.next_batch })).rooms, undefined);
  assert.deepEqual(told(await alice.sync(), roomId), [`${bob.userId} m.read ${second}`]);
});

it("a private receipt is told to its owner alone", async (homeserver) => {
  const { alice, bob, roomId } = await twoInARoom(homeserver);
  const eventId = await alice.say(roomId, "hello");
  const [hers, his] = [await alice.sync(), await bob.sync()];
  await send(bob, roomId, ["m.read.private", eventId]);
  const line = [`${bob.userId} m.read.private ${eventId}`];
  assert.deepEqual(told(await bob.sync({ since: his.next_batch }), roomId), line);
  assert.deepEqual(told(await bob.sync(), roomId), line);
  assert.deepEqual(told(await alice.sync(), roomId), []);
  assert.equal((await alice.sync({ since: hers.next_batch })).rooms, undefined);
  await homeserver.restart();
  assert.deepEqual(told(await bob.sync({ since: his.next_batch }), roomId), line);
  assert.deepEqual(told(await alice.sync({ since: hers.next_batch }), roomId), []);
});

it("a private receipt may have its name from before v1.4", async (homeserver) => {
  const { alice, roomId } = await twoInARoom(homeserver);
  const [first, second] = [await alice.say(roomId, "1"), await alice.say(roomId, "2")];
  await send(alice, roomId, ["org.matrix.msc2285.read.private", first]);
  assert.deepEqual(told(await alice.sync(), roomId), [`${alice.userId} m.read.private ${first}`]);
  await alice.post(path`rooms/${roomId}/read_markers`, { "org.matrix.msc2285.read.private": second });
  assert.deepEqual(told(await alice.sync(), roomId), [`${alice.userId} m.read.private ${second}`]);
});

it("receipts of threads stand beside each other and that of the whole room", async (homeserver) => {
  const { alice, bob, roomId } = await twoInARoom(homeserver);
  const root = await alice.say(roomId, "root");
  const inThread = await relate(alice, roomId, "m.thread", root);
  const reaction = await relate(alice, roomId, "m.annotation", inThread);
  const { next_batch: since } = await alice.sync();
  await send(bob, roomId, ["m.read", root]);
  await send(bob, roomId, ["m.read", root], { thread_id: "main" });
  await send(bob, roomId, ["m.read", root], { thread_id: root });
  const answer = await alice.sync({ since });
  const line = `${bob.userId} m.read ${root}`;
  assert.deepEqual(told(answer, roomId), [line, `${line} main`, `${line} ${root}`].toSorted());
  for (const eventId of [inThread, reaction]) await send(bob, roomId, ["m.read", eventId], { thread_id: root });
  assert.deepEqual(
    told(await alice.sync(), roomId),
    [line, `${line} main`, `${bob.userId} m.read ${reaction} ${root}`].toSorted(),
  );
  assert.deepEqual(told(await alice.sync({ since: answer.next_batch }), roomId), [
    `${bob.userId} m.read ${reaction} ${root}`,
  ]);
});

it("a thread ID that is no text, empty, of another thread or for the marker is refused", async (homeserver) => {
  const { alice, roomId } = await twoInARoom(homeserver);
  const [root, other] = [await alice.say(roomId, "root"), await alice.say(roomId, "other")];
  const inThread = await relate(alice, roomId, "m.thread", root);
  const wrong: readonly (readonly [type: string, eventId: string, threadId: unknown])[] = [
    ["m.read", root, 7],
    ["m.read", root, null],
    ["m.read", root, ""],
    ["m.read", inThread, "main"],
    ["m.read", inThread, other],
    ["m.read", other, root],
    ["m.read", other, "\u0000"],
    ["m.fully_read", root, "main"],
  ];
  for (const [type, eventId, threadId] of wrong) {
    const asked = send(alice, roomId, [type, eventId], { thread_id: threadId });
    assert.equal(await refusal(asked), "400 M_INVALID_PARAM", `${type} ${JSON.stringify(threadId)}`);
  }
  assert.deepEqual(told(await alice.sync(), roomId), []);
});

it("what is no event ID is no thread, even for an event that says so", async (homeserver) => {
  const { alice, bob, roomId } = await twoInARoom(homeserver);
  for (const threadId of ["__proto__", "$a\u0000b", `$${"x".repeat(20_000)}`]) {
    const eventId = await relate(alice, roomId, "m.thread", threadId);
    assert.equal(await refusal(send(bob, roomId, ["m.read", eventId], { thread_id: threadId })), "400 M_INVALID_PARAM");
    await send(bob, roomId, ["m.read", eventId], { thread_id: "main" });
    assert.deepEqual(told(await alice.sync(), roomId), [`${bob.userId} m.read ${eventId} main`]);
  }
});

it("receipts of unknown types, for events elsewhere and of people elsewhere are refused", async (homeserver) => {
  const { alice, bob, roomId } = await twoInARoom(homeserver);
  const [eventId, elsewhere] = [await alice.say(roomId, "here"), await alice.createRoom()];
  const there = await alice.say(elsewhere, "there");
  assert.equal(await refusal(send(bob, roomId, ["not.m.read", eventId])), "400 M_INVALID_PARAM");
  for (const unknown of [there, "$unknown", "$a\u0000b"]) {
    assert.equal(await refusal(send(bob, roomId, ["m.read", unknown])), "404 M_NOT_FOUND");
    const markers = { "m.read": eventId, "m.fully_read": unknown };
    assert.equal(await refusal(bob.post(path`rooms/${roomId}/read_markers`, markers)), "404 M_NOT_FOUND");
  }
  assert.equal(await refusal(send(bob, elsewhere, ["m.read", there])), "403 M_FORBIDDEN");
  assert.equal(await refusal(send(bob, "!unknown:test", ["m.read", there])), "403 M_FORBIDDEN");
  await bob.leave(roomId);
  assert.equal(await refusal(send(bob, roomId, ["m.read", eventId])), "403 M_FORBIDDEN");
  const markers = bob.post(path`rooms/${roomId}/read_markers`, { "m.fully_read": eventId });
  assert.equal(await refusal(markers), "403 M_FORBIDDEN");
  assert.deepEqual(told(await alice.sync(), roomId), []);
});

it("who may not see an event does not learn by a receipt that it is there", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await alice.setState(roomId, "m.room.history_visibility", { history_visibility: "joined" });
  const hidden = await alice.say(roomId, "before the join");
  await bob.join(roomId);
  const shown = await alice.say(roomId, "after the join");
  for (const type of ["m.read", "m.read.private", "m.fully_read"]) {
    assert.equal(await refusal(send(bob, roomId, [type, hidden])), "404 M_NOT_FOUND", type);
    const markers = bob.post(path`rooms/${roomId}/read_markers`, { "m.read": shown, [type]: hidden });
    assert.equal(await refusal(markers), "404 M_NOT_FOUND", type);
  }
  assert.deepEqual(told(await alice.sync(), roomId), []);
  await send(bob, roomId, ["m.read", shown]);
  await send(alice, roomId, ["m.read", hidden]);
  assert.deepEqual(
    told(await alice.sync(), roomId),
    [`${alice.userId} m.read ${hidden}`, `${bob.userId} m.read ${shown}`].toSorted(),
  );
});

it("who joins learns the receipts that the room has", async (homeserver) => {
  const { alice, roomId } = await twoInARoom(homeserver);
  const carol = await homeserver.register("carol");
  const { next_batch: since } = await carol.sync();
  const eventId = await alice.say(roomId, "hello");
  await send(alice, roomId, ["m.read", eventId]);
  await carol.join(roomId);
  assert.deepEqual(told(await carol.sync({ since }), roomId), [`${alice.userId} m.read ${eventId}`]);
});

it("the filter decides on receipts", async (homeserver) => {
  const { alice, bob, roomId } = await twoInARoom(homeserver);
  const eventId = await alice.say(roomId, "hello");
  const { next_batch: since } = await alice.sync();
  await send(bob, roomId, ["m.read", eventId]);
  const filter = { room: { ephemeral: { not_types: ["m.receipt"] } } };
  assert.deepEqual(told(await alice.sync({ filter }), roomId), []);
  assert.equal((await alice.sync({ filter, since })).rooms, undefined);
  await homeserver.restart();
  assert.deepEqual(told(await alice.sync({ filter, since }), roomId), []);
});

it("receipts of people whom the user ignores are not told", async (homeserver) => {
  const { alice, bob, roomId } = await twoInARoom(homeserver);
  const eventId = await alice.say(roomId, "hello");
  await alice.put(path`user/${alice.userId}/account_data/m.ignored_user_list`, { ignored_users: { [bob.userId]: {} } });
  const { next_batch: since } = await alice.sync();
  await send(bob, roomId, ["m.read", eventId]);
  await send(alice, roomId, ["m.read", eventId]);
  const own = [`${alice.userId} m.read ${eventId}`];
  assert.deepEqual(told(await alice.sync({ since }), roomId), own);
  assert.deepEqual(told(await alice.sync(), roomId), own);
});

it("the receipts of a deactivated account are gone", async (homeserver) => {
  const { alice, bob, roomId } = await twoInARoom(homeserver);
  const eventId = await alice.say(roomId, "hello");
  await send(bob, roomId, ["m.read", eventId]);
  const auth = {
    type: "m.login.password",
    identifier: { type: "m.id.user", user: bob.userId },
    password: "correct horse",
  };
  await bob.post("account/deactivate", { auth });
  assert.deepEqual(told(await alice.sync(), roomId), []);
});
