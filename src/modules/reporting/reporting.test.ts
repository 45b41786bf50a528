import assert from "node:assert/strict";
import { path, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, TestHomeserver } from "../../../test/support/homeserver.ts";
import { test } from "node:test";

const it = homeserverTests();

async function start(homeserver: TestHomeserver) {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  const eventId = await alice.say(roomId, "nonsense");
  return { alice, bob, roomId, eventId };
}

const reportEvent = async (user: TestClient, roomId: string, eventId: string, body: unknown = {}): Promise<string> =>
  await refusal(user.post(path`rooms/${roomId}/report/${eventId}`, body));
const reportRoom = async (user: TestClient, roomId: string, body: unknown = { reason: "" }): Promise<string> =>
  await refusal(user.post(path`rooms/${roomId}/report`, body));
const reportUser = async (user: TestClient, userId: string, body: unknown = { reason: "" }): Promise<string> =>
  await refusal(user.post(path`users/${userId}/report`, body));

it("members report events; for everybody else they are not there", async (homeserver) => {
  const { alice, bob, roomId, eventId } = await start(homeserver);
  assert.equal(await reportEvent(bob, roomId, eventId), "404 M_NOT_FOUND");
  await bob.join(roomId);
  assert.equal(await reportEvent(bob, roomId, eventId, { reason: "rude", score: -100 }), "allowed");
  assert.equal(await reportEvent(bob, roomId, eventId), "allowed", "neither reason nor score is needed");
  for (const other of ["$unknown", "a\u0000b"]) {
    assert.equal(await reportEvent(bob, roomId, other), "404 M_NOT_FOUND", other);
  }
  const elsewhere = await alice.createRoom();
  assert.equal(await reportEvent(alice, elsewhere, eventId), "404 M_NOT_FOUND", "the event is of another room");
  await bob.leave(roomId);
  assert.equal(await reportEvent(bob, roomId, eventId), "404 M_NOT_FOUND");
});

it("an event that the member may not see is not there", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await alice.setState(roomId, "m.room.history_visibility", { history_visibility: "joined" });
  const before = await alice.say(roomId, "before");
  await bob.join(roomId);
  assert.equal(await reportEvent(bob, roomId, before), "404 M_NOT_FOUND");
});

it("scores are from -100 to 0, reasons are texts of some pages", async (homeserver) => {
  const { alice, roomId, eventId } = await start(homeserver);
  for (const score of [1, -101]) {
    assert.equal(await reportEvent(alice, roomId, eventId, { score }), "400 M_INVALID_PARAM", String(score));
  }
  for (const score of [-0.5, "-1"]) {
    assert.equal(await reportEvent(alice, roomId, eventId, { score }), "400 M_BAD_JSON", String(score));
  }
  assert.equal(await reportEvent(alice, roomId, eventId, { reason: 1 }), "400 M_BAD_JSON");
  assert.equal(await reportEvent(alice, roomId, eventId, { reason: "x".repeat(10_000), score: 0 }), "allowed");
  assert.equal(await reportEvent(alice, roomId, eventId, { reason: "x".repeat(10_001) }), "400 M_INVALID_PARAM");
  assert.equal(await reportRoom(alice, roomId, { reason: "a\u0000b" }), "400 M_INVALID_PARAM");
  assert.equal(await reportRoom(alice, roomId, {}), "400 M_MISSING_PARAM");
  assert.equal(await reportUser(alice, alice.userId, {}), "400 M_MISSING_PARAM");
});

it("rooms are reported by who is not in them, when they are known", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  const roomId = await alice.createRoom({ preset: "private_chat" });
  assert.equal(await reportRoom(bob, roomId), "allowed");
  assert.equal(await reportRoom(bob, "!unknown:test"), "404 M_NOT_FOUND");
  assert.equal(await reportRoom(bob, "nonsense"), "404 M_NOT_FOUND");
  const unstable = path`/_matrix/client/unstable/org.matrix.msc4151/rooms/${roomId}/report`;
  assert.equal(await refusal(bob.post(unstable, { reason: "" })), "allowed");
});

it("users are reported by who shares nothing with them, when they are known", async (homeserver) => {
  const { alice, bob } = await start(homeserver);
  assert.equal(await reportUser(bob, alice.userId, { reason: "spam" }), "allowed");
  for (const userId of ["@unknown:test", "@unknown:elsewhere", "nonsense", "@a\u0000b:test"]) {
    assert.equal(await reportUser(bob, userId), "404 M_NOT_FOUND", userId);
  }
  const unstable = path`/_matrix/client/unstable/org.matrix.msc4260/users/${alice.userId}/report`;
  assert.equal(await refusal(bob.post(unstable, { reason: "" })), "allowed");
});

it("guests report nothing", async (homeserver) => {
  const { alice, roomId, eventId } = await start(homeserver);
  const guest = await homeserver.register("guest", { isGuest: true });
  for (const answer of [
    await reportEvent(guest, roomId, eventId),
    await reportRoom(guest, roomId),
    await reportUser(guest, alice.userId),
  ]) {
    assert.equal(answer, "403 M_GUEST_ACCESS_FORBIDDEN");
  }
});

test("who reports too much is told to wait", async () => {
  const rate_limits = { report: { per_second: 0.001, burst: 2 } };
  await using homeserver = await TestHomeserver.start({ overrides: { rate_limits } });
  const { alice, roomId, eventId } = await start(homeserver);
  assert.equal(await reportEvent(alice, roomId, eventId), "allowed");
  assert.equal(await reportRoom(alice, roomId), "allowed");
  assert.equal(await reportUser(alice, alice.userId), "429 M_LIMIT_EXCEEDED");
});
