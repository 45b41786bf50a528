/** matrix-js-sdk, unmodified, against a server in a process of its own: what its applications do all day. */
import assert from "node:assert/strict";
import { Direction, EventStatus, EventType, Preset } from "matrix-js-sdk";
import { companyTests, meet } from "./company.ts";
import type { SdkUser } from "./sdk-user.ts";

const ROOM_VERSIONS = ["1", "6", "10", "11", "12"];
const PRESETS = [Preset.PrivateChat, Preset.TrustedPrivateChat, Preset.PublicChat];
const MESSAGES = 500;
/** So often it is said before and after an interruption: all of it fits into one answer, as after a gap a client shows less. */
const SAID_AROUND = 9;

const it = companyTests("alice", "bob");

for (const version of ROOM_VERSIONS) {
  for (const preset of PRESETS) {
    it(`two users meet, chat and part in a ${preset} room of version ${version}`, async ({
      one: alice,
      other: bob,
    }) => {
      await meetChatAndPart(alice, bob, { version, preset });
    });
  }
}

it(`a new device pages back through ${MESSAGES} messages, each once and in order`, async ({
  one: alice,
  other: bob,
}) => {
  await pageBack(alice, bob);
});

it("clients go on after the server restarts, with nothing lost or doubled", async ({
  server,
  one: alice,
  other: bob,
}) => {
  await goOn(alice, bob, async () => {
    await server.stop();
    return async () => await server.start();
  });
});

it("clients go on after the server was killed, with nothing lost or doubled", async ({
  server,
  one: alice,
  other: bob,
}) => {
  await goOn(alice, bob, async () => {
    await server.kill();
    return async () => await server.start();
  });
});

async function meetChatAndPart(
  alice: SdkUser,
  bob: SdkUser,
  { version, preset }: { readonly version: string; readonly preset: Preset },
): Promise<void> {
  const roomId = await meetIn(alice, bob, { version, preset });
  await chat(alice, bob, roomId);
  await changePower(alice, bob, roomId);
  await part(alice, bob, roomId);
}

async function meetIn(
  alice: SdkUser,
  bob: SdkUser,
  { version, preset }: { readonly version: string; readonly preset: Preset },
): Promise<string> {
  const isPublic = preset === Preset.PublicChat;
  const { room_id: roomId } = await alice.client.createRoom({
    preset,
    room_version: version,
    name: `${preset} ${version}`,
    invite: isPublic ? [] : [bob.userId],
  });
  await alice.until("the new room", () => alice.client.getRoom(roomId)?.getVersion() === version);
  if (!isPublic) await bob.untilMembership(roomId, bob.userId, "invite");
  await bob.client.joinRoom(roomId);
  await bob.untilMembership(roomId, bob.userId, "join");
  await alice.untilMembership(roomId, bob.userId, "join");
  await bob.until("the name of the room", () => bob.room(roomId).name === `${preset} ${version}`);
  assert.equal(bob.room(roomId).getVersion(), version);
  assert.equal(bob.room(roomId).getJoinRule(), isPublic ? "public" : "invite");
  return roomId;
}

async function chat(alice: SdkUser, bob: SdkUser, roomId: string): Promise<void> {
  await bob.untilEvent(roomId, await alice.say(roomId, "Hello Bob"));
  await alice.untilEvent(roomId, await bob.say(roomId, "Hello Alice"));
  const regretted = await bob.say(roomId, "This was a mistake");
  await alice.untilEvent(roomId, regretted);
  await bob.client.redactEvent(roomId, regretted);
  await alice.until("the redaction", () => alice.room(roomId).findEventById(regretted)?.isRedacted() === true);
  assert.deepEqual(alice.room(roomId).findEventById(regretted)?.getContent(), {});
  await alice.until("all the talk", () => alice.texts(roomId).length === 3);
  assert.deepEqual(alice.texts(roomId), ["Hello Bob", "Hello Alice", undefined]);
}

/** Whoever has no power may not change the topic, and whoever was given some may. */
async function changePower(alice: SdkUser, bob: SdkUser, roomId: string): Promise<void> {
  const isPowerless = bob.room(roomId).getMember(bob.userId)?.powerLevel === 0;
  if (isPowerless) {
    const refused = bob.client.sendStateEvent(roomId, EventType.RoomTopic, { topic: "Mine" });
    await assert.rejects(refused, { errcode: "M_FORBIDDEN" });
    await alice.client.setPowerLevel(roomId, bob.userId, 50);
    await bob.until("the power given", () => bob.room(roomId).getMember(bob.userId)?.powerLevel === 50);
  }
  await bob.client.sendStateEvent(roomId, EventType.RoomTopic, { topic: "Ours" });
  await alice.until("the topic", () => {
    const topic = alice.room(roomId).currentState.getStateEvents(EventType.RoomTopic, "");
    return topic?.getContent()["topic"] === "Ours";
  });
}

/** Alice can throw Bob out where he has less power than she. In trusted rooms the two are equals: there he leaves. */
async function part(alice: SdkUser, bob: SdkUser, roomId: string): Promise<void> {
  const isEqual = bob.room(roomId).getMember(bob.userId)?.powerLevel !== 50;
  if (isEqual) {
    await assert.rejects(alice.client.kick(roomId, bob.userId), { errcode: "M_FORBIDDEN" });
    await bob.client.leave(roomId);
    await alice.untilMembership(roomId, bob.userId, "leave");
    return;
  }
  await alice.client.kick(roomId, bob.userId, "It is late");
  await bob.until("being kicked", () => bob.client.getRoom(roomId)?.getMyMembership() === "leave");
  await alice.untilMembership(roomId, bob.userId, "leave");
  await alice.client.ban(roomId, bob.userId, "It is very late");
  await alice.untilMembership(roomId, bob.userId, "ban");
  await assert.rejects(bob.client.joinRoom(roomId), { errcode: "M_FORBIDDEN" });
  await alice.client.unban(roomId, bob.userId);
  await alice.untilMembership(roomId, bob.userId, "leave");
}

async function pageBack(alice: SdkUser, bob: SdkUser): Promise<void> {
  const { room_id: roomId } = await alice.client.createRoom({ preset: Preset.PublicChat });
  await bob.client.joinRoom(roomId);
  const said = Array.from({ length: MESSAGES }, (_, index) => `message ${index}`);
  for (const text of said) await alice.say(roomId, text);
  await using tablet = await bob.onNewDevice();
  const room = tablet.room(roomId);
  assert.ok(tablet.texts(roomId).length < MESSAGES, "the first sync shows the end of the room");
  // A paging that finds nothing more says so by having no token left.
  while (room.getLiveTimeline().getPaginationToken(Direction.Backward) !== null)
    await tablet.client.scrollback(room, 50);
  assert.deepEqual(tablet.texts(roomId), said);
}

/** `end` ends the server; what it answers starts it again. */
async function goOn(alice: SdkUser, bob: SdkUser, end: () => Promise<() => Promise<void>>): Promise<void> {
  const roomId = await meet(alice, bob);
  for (const text of numbered("before")) await alice.say(roomId, text);
  const startAgain = await end();
  await assert.rejects(alice.say(roomId, "meanwhile"));
  await startAgain();
  for (const { client } of [alice, bob]) client.retryImmediately();
  await resendUnsent(alice, roomId);
  for (const text of numbered("after")) await alice.say(roomId, text);
  const expected = [...numbered("before"), "meanwhile", ...numbered("after")];
  for (const user of [alice, bob]) {
    await user.until("the last message", () => user.texts(roomId).includes(expected.at(-1)));
    assert.deepEqual(user.texts(roomId), expected);
  }
}

/** What an application does when the user presses "send again". */
async function resendUnsent(user: SdkUser, roomId: string): Promise<void> {
  const room = user.room(roomId);
  const unsent = room
    .getLiveTimeline()
    .getEvents()
    .filter(({ status }) => status === EventStatus.NOT_SENT);
  assert.equal(unsent.length, 1);
  for (const event of unsent) await user.client.resendEvent(event, room);
}

function numbered(word: string): readonly string[] {
  return Array.from({ length: SAID_AROUND }, (_, index) => `${word} ${index}`);
}
