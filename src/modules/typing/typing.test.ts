import assert from "node:assert/strict";
import { path, refusal, type SyncJson, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

const typingIn = (answer: SyncJson, roomId: string) =>
  answer.rooms?.join?.[roomId]?.ephemeral?.events.find(({ type }) => type === "m.typing")?.content["user_ids"];

it("those whom a user ignores type unseen by that user", async (homeserver) => {
  const [alice, bob, carol] = [
    await homeserver.register("alice"),
    await homeserver.register("bob"),
    await homeserver.register("carol"),
  ];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  for (const user of [bob, carol]) await user.join(roomId);
  await alice.put(path`user/${alice.userId}/account_data/m.ignored_user_list`, { ignored_users: { [bob.userId]: {} } });
  const { next_batch: since } = await alice.sync();
  for (const user of [bob, carol]) {
    await user.put(path`rooms/${roomId}/typing/${user.userId}`, { typing: true, timeout: 60_000 });
  }
  assert.deepEqual(typingIn(await alice.sync({ since }), roomId), [carol.userId]);
  assert.deepEqual(typingIn(await alice.sync(), roomId), [carol.userId]);
  assert.deepEqual(typingIn(await carol.sync(), roomId), [bob.userId, carol.userId]);
});

it("what is no time to type for, and rooms of others, are refused", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom();
  const type = async (user: TestClient, timeout: unknown, room = roomId) =>
    await refusal(user.put(path`rooms/${room}/typing/${user.userId}`, { typing: true, timeout }));
  assert.equal(await type(alice, -1), "400 M_INVALID_PARAM");
  for (const timeout of [0.5, "1", null]) assert.equal(await type(alice, timeout), "400 M_BAD_JSON");
  for (const room of [roomId, "!unknown:test", "nonsense", "!a\u0000b:test"])
    assert.equal(await type(bob, 1_000, room), "403 M_FORBIDDEN", room);
  assert.equal(typingIn(await alice.sync(), roomId), undefined);
});

it("who leaves a room, or is made to, types there no more", async (homeserver) => {
  const [alice, bob, carol] = [
    await homeserver.register("alice"),
    await homeserver.register("bob"),
    await homeserver.register("carol"),
  ];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  for (const user of [bob, carol]) await user.join(roomId);
  for (const user of [bob, carol]) {
    await user.put(path`rooms/${roomId}/typing/${user.userId}`, { typing: true, timeout: 60_000 });
  }
  const begun = await alice.sync();
  assert.deepEqual(typingIn(begun, roomId), [bob.userId, carol.userId]);
  await bob.leave(roomId);
  const left = await alice.syncUntil(begun.next_batch, (answer) => typingIn(answer, roomId) !== undefined);
  assert.deepEqual(typingIn(left, roomId), [carol.userId]);
  await alice.tell("kick", roomId, carol);
  const kicked = await alice.syncUntil(left.next_batch, (answer) => typingIn(answer, roomId) !== undefined);
  assert.deepEqual(typingIn(kicked, roomId), []);
});
