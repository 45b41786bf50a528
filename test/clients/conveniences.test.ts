/** matrix-js-sdk, unmodified: what is not talk: profiles, typing, account data, aliases, lazy members, leaving for good. */
import assert from "node:assert/strict";
import { EventType, type MatrixEvent, Preset, RoomEvent } from "matrix-js-sdk";
import { companyTests, meet } from "./company.ts";
import type { SdkUser } from "./sdk-user.ts";

const TYPING_MS = 60_000;
const TALKERS = 30;

const it = companyTests("carol", "dave");

it("a sender's own echo carries the transaction ID, and the event comes once to everybody", async ({
  one: carol,
  other: dave,
}) => {
  const roomId = await meet(carol, dave);
  await seeOnce(carol, dave, roomId);
});

it("typing is seen by others, and its end as well", async ({ one: carol, other: dave }) => {
  const roomId = await meet(carol, dave);
  const isTyping = () => carol.room(roomId).getMember(dave.userId)?.typing === true;
  await dave.client.sendTyping(roomId, true, TYPING_MS);
  await carol.until("Dave typing", isTyping);
  await dave.client.sendTyping(roomId, false, TYPING_MS);
  await carol.until("Dave typing no more", () => !isTyping());
});

it("a new display name and avatar are seen by those who share a room", async ({ one: carol, other: dave }) => {
  const roomId = await meet(carol, dave);
  await dave.client.setDisplayName("David");
  await carol.until("the new name", () => carol.room(roomId).getMember(dave.userId)?.rawDisplayName === "David");
  await dave.client.setAvatarUrl("mxc://localhost/face");
  const avatar = () => carol.room(roomId).getMember(dave.userId)?.getMxcAvatarUrl();
  await carol.until("the new avatar", () => avatar() === "mxc://localhost/face");
  const profile = await carol.client.getProfileInfo(dave.userId);
  assert.deepEqual([profile.displayname, profile.avatar_url], ["David", "mxc://localhost/face"]);
});

it("account data, of rooms as well, reach the user's other device, and nobody else", async ({
  one: carol,
  other: dave,
}) => {
  const roomId = await meet(carol, dave);
  await using tablet = await dave.onNewDevice();
  await dave.client.setAccountData(EventType.IgnoredUserList, { ignored_users: { "@spam:localhost": {} } });
  await tablet.until("ignoring", () => tablet.client.getIgnoredUsers().includes("@spam:localhost"));
  await dave.client.setRoomAccountData(roomId, EventType.SpaceOrder, { order: "first" });
  const order = (user: SdkUser) => user.room(roomId).getAccountData(EventType.SpaceOrder)?.getContent()["order"];
  await tablet.until("the order of the room", () => order(tablet) === "first");
  // What reaches Carol after it shows that it does not.
  await carol.untilEvent(roomId, await dave.say(roomId, "Did you see?"));
  assert.equal(order(carol), undefined);
  assert.deepEqual(carol.client.getIgnoredUsers(), []);
});

it("a room is joined by its alias until the alias is deleted", async ({ one: carol, other: dave }) => {
  const { room_id: roomId } = await carol.client.createRoom({ preset: Preset.PublicChat });
  await carol.client.createAlias("#parlour:localhost", roomId);
  assert.equal((await dave.client.getRoomIdForAlias("#parlour:localhost")).room_id, roomId);
  await dave.client.joinRoom("#parlour:localhost");
  await carol.untilMembership(roomId, dave.userId, "join");
  await assert.rejects(dave.client.deleteAlias("#parlour:localhost"), { errcode: "M_FORBIDDEN" });
  await carol.client.deleteAlias("#parlour:localhost");
  await assert.rejects(dave.client.getRoomIdForAlias("#parlour:localhost"), { errcode: "M_NOT_FOUND" });
});

it("a device that loads members lazily knows who spoke, and all when it asks", async ({ one: carol, other: dave }) => {
  const roomId = await meet(carol, dave);
  // Whom a room without a name is called by is told as well.
  await carol.client.setRoomName(roomId, "Monologue");
  await dave.say(roomId, "Long ago");
  for (let index = 0; index < TALKERS; index += 1) await carol.say(roomId, `Talk ${index}`);
  await using tablet = await carol.onNewDevice();
  const room = tablet.room(roomId);
  assert.equal(room.getMember(dave.userId), null, "Dave did not speak in the part that is shown");
  assert.equal(room.getJoinedMemberCount(), 2, "the summary counts him");
  await room.loadMembersIfNeeded();
  assert.equal(room.getMember(dave.userId)?.membership, "join");
});

it("who is banned comes back after the ban is lifted", async ({ one: carol, other: dave }) => {
  const roomId = await meet(carol, dave);
  await carol.client.ban(roomId, dave.userId);
  await dave.until("the ban", () => dave.client.getRoom(roomId)?.getMyMembership() === "ban");
  await carol.client.unban(roomId, dave.userId);
  await carol.untilMembership(roomId, dave.userId, "leave");
  await dave.client.joinRoom(roomId);
  await carol.untilMembership(roomId, dave.userId, "join");
  await carol.untilEvent(roomId, await dave.say(roomId, "Back"));
});

it("a room that was left and forgotten is gone from all devices", async ({ one: carol, other: dave }) => {
  const roomId = await meet(carol, dave);
  await assert.rejects(dave.client.forget(roomId), { errcode: "M_UNKNOWN" });
  await dave.client.leave(roomId);
  await dave.until("having left", () => dave.client.getRoom(roomId)?.getMyMembership() === "leave");
  await dave.client.forget(roomId);
  assert.equal(dave.client.getRoom(roomId), null);
  await using tablet = await dave.onNewDevice();
  assert.equal(tablet.client.getRoom(roomId), null);
  await assert.rejects(tablet.client.roomState(roomId), { errcode: "M_FORBIDDEN" });
});

it("a device that logged out is refused, and the others are not", async ({ other: dave }) => {
  const tablet = await dave.onNewDevice();
  assert.equal((await tablet.client.whoami()).user_id, dave.userId);
  await tablet.client.logout(false);
  await assert.rejects(tablet.client.whoami(), { errcode: "M_UNKNOWN_TOKEN" });
  await tablet[Symbol.asyncDispose]();
  assert.equal((await dave.client.whoami()).user_id, dave.userId);
});

async function seeOnce(sender: SdkUser, other: SdkUser, roomId: string): Promise<void> {
  const seen: string[] = [];
  const echoes: (string | undefined)[] = [];
  const note = (event: MatrixEvent) => void seen.push(event.getId() ?? "");
  const noteEcho = (event: MatrixEvent) => void echoes.push(event.getUnsigned().transaction_id);
  other.room(roomId).on(RoomEvent.Timeline, note);
  sender.room(roomId).on(RoomEvent.LocalEchoUpdated, noteEcho);
  const { event_id: first } = await sender.client.sendTextMessage(roomId, "Once", "transaction-1");
  const { event_id: repeated } = await sender.client.sendTextMessage(roomId, "Once", "transaction-2");
  assert.notEqual(first, repeated);
  await other.untilEvent(roomId, repeated);
  assert.deepEqual(seen, [first, repeated]);
  await sender.until("both echoes", () => ["transaction-1", "transaction-2"].every((id) => echoes.includes(id)));
  assert.deepEqual(sender.texts(roomId), ["Once", "Once"]);
  sender.room(roomId).off(RoomEvent.LocalEchoUpdated, noteEcho);
  other.room(roomId).off(RoomEvent.Timeline, note);
}
