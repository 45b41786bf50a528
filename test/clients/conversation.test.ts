/** matrix-js-sdk, unmodified: what makes a room a place to talk: threads, edits, reactions, receipts and counts. */
import assert from "node:assert/strict";
import {
  EventType,
  type MatrixEvent,
  MsgType,
  NotificationCountType,
  Preset,
  PushRuleActionName,
  PushRuleKind,
  ReceiptType,
  RelationType,
  type Thread,
  TweakName,
} from "matrix-js-sdk";
import { companyTests, meet } from "./company.ts";
import type { SdkUser } from "./sdk-user.ts";

/** More than a first sync shows. */
const LATER_MESSAGES = 25;

const it = companyTests("erin", "frank");

it("a thread is seen with its replies by both, and by a device that comes later", async ({
  one: erin,
  other: frank,
}) => {
  const roomId = await meet(erin, frank);
  const root = await erin.say(roomId, "Warp or weft?");
  await frank.untilEvent(roomId, root);
  await replyIn(frank, roomId, root, "Warp");
  await replyIn(frank, roomId, root, "No, weft");
  await erin.until("both replies", () => threadOf(erin, roomId, root)?.length === 2);
  assert.equal(threadOf(erin, roomId, root)?.replyToEvent?.getContent()["body"], "No, weft");
  await using tablet = await erin.onNewDevice();
  await tablet.until("the thread", () => threadOf(tablet, roomId, root)?.length === 2);
  assert.deepEqual(tablet.texts(roomId), ["Warp or weft?"], "replies stand in the thread, not in the room");
});

it("a thread whose root is out of sight is found in the list and paged back by a device that comes later", async ({
  one: erin,
  other: frank,
}) => {
  const roomId = await meet(erin, frank);
  const root = await erin.say(roomId, "root");
  await frank.untilEvent(roomId, root);
  const replies: string[] = [];
  for (const body of ["one", "two", "three"]) replies.push(await replyIn(frank, roomId, root, body));
  for (let n = 0; n < LATER_MESSAGES; n++) await erin.say(roomId, `later ${n}`);
  await using tablet = await erin.onNewDevice();
  const room = tablet.room(roomId);
  assert.equal(room.findEventById(root), undefined);
  await room.createThreadsTimelineSets();
  await room.fetchRoomThreads();
  const listed = room.threadsTimelineSets.map((set) =>
    set
      ?.getLiveTimeline()
      .getEvents()
      .map((event) => event.getId()),
  );
  assert.deepEqual(listed, [[root], [root]]);
  assert.deepEqual(await followThread(tablet, roomId, root), replies);
});

it("the threads of a room are listed, the one with the latest reply first", async ({ one: erin, other: frank }) => {
  const roomId = await meet(erin, frank);
  const [first, second] = [await erin.say(roomId, "First"), await erin.say(roomId, "Second")];
  await replyIn(frank, roomId, second, "to the second");
  await replyIn(frank, roomId, first, "to the first");
  await using tablet = await erin.onNewDevice();
  await tablet.room(roomId).createThreadsTimelineSets();
  await tablet.room(roomId).fetchRoomThreads();
  const listed = tablet.room(roomId).threadsTimelineSets[0]?.getLiveTimeline().getEvents() ?? [];
  assert.deepEqual(listed.map(bodyOf), ["Second", "First"], "the library keeps the latest last");
  const own = tablet.room(roomId).threadsTimelineSets[1]?.getLiveTimeline().getEvents() ?? [];
  assert.deepEqual(own.map(bodyOf), ["Second", "First"], "Erin wrote both roots");
});

it("counts of the room and of each thread rise and are cleared by threaded receipts", async ({
  one: erin,
  other: frank,
}) => {
  const roomId = await meet(erin, frank);
  const root = await erin.say(roomId, "Root");
  const own = await frank.untilEvent(roomId, root);
  await frank.client.sendReadReceipt(own);
  await erin.say(roomId, "In the room");
  await replyIn(erin, roomId, root, "In the thread");
  const last = await replyIn(erin, roomId, root, "Frank, look", [frank.userId]);
  const counts = () => countsOf(frank, roomId, root);
  await frank.until("one in the room, two in the thread", () => counts() === "1/0 and 2/1");
  await frank.until("the reply", () => threadOf(frank, roomId, root)?.findEventById(last) !== undefined);
  const reply = threadOf(frank, roomId, root)?.findEventById(last);
  assert.ok(reply);
  await frank.client.sendReadReceipt(reply);
  await frank.until("the thread read", () => counts() === "1/0 and 0/0");
  await using tablet = await frank.onNewDevice();
  await tablet.until("the same counts", () => countsOf(tablet, roomId, root) === "1/0 and 0/0");
});

it("two threads are counted apart, and each is read alone", async ({ one: erin, other: frank }) => {
  const roomId = await meet(erin, frank);
  const [red, blue] = [await erin.say(roomId, "Red"), await erin.say(roomId, "Blue")];
  await frank.client.sendReadReceipt(await frank.untilEvent(roomId, blue));
  const last = await replyIn(erin, roomId, red, "dark red");
  await replyIn(erin, roomId, blue, "light blue");
  await replyIn(erin, roomId, blue, "Frank, dark blue", [frank.userId]);
  const counts = () => [countsOf(frank, roomId, red), countsOf(frank, roomId, blue)];
  await frank.until("counts of both", () => counts().join(", ") === "0/0 and 1/0, 0/0 and 2/1");
  await frank.until("the reply", () => threadOf(frank, roomId, red)?.findEventById(last) !== undefined);
  const reply = threadOf(frank, roomId, red)?.findEventById(last);
  assert.ok(reply);
  await frank.client.sendReadReceipt(reply, ReceiptType.ReadPrivate);
  await frank.until("one of them read", () => counts().join(", ") === "0/0 and 0/0, 0/0 and 2/1");
});

it("clients learn what they were to the room when something was said", async ({ one: erin, other: frank }) => {
  const { room_id: roomId } = await erin.client.createRoom({ preset: Preset.PublicChat });
  const before = await erin.say(roomId, "before Frank");
  await frank.client.joinRoom(roomId);
  const after = await frank.untilEvent(roomId, await erin.say(roomId, "with Frank"));
  const earlier = await frank.untilEvent(roomId, before);
  const told = [earlier, after].map((event) => event.getMembershipAtEvent());
  assert.deepEqual(told, ["leave", "join"]);
});

it("a private receipt clears the counts of its owner and is told to nobody", async ({ one: erin, other: frank }) => {
  const roomId = await meet(erin, frank);
  const eventId = await erin.say(roomId, "Read me");
  const event = await frank.untilEvent(roomId, eventId);
  await frank.until("the count", () => totalOf(frank, roomId) === 1);
  await using tablet = await frank.onNewDevice();
  await tablet.until("the count", () => totalOf(tablet, roomId) === 1);
  await frank.client.sendReadReceipt(event, ReceiptType.ReadPrivate);
  await tablet.until("no count", () => totalOf(tablet, roomId) === 0);
  // What reaches Erin after it shows that it does not.
  await erin.untilEvent(roomId, await frank.say(roomId, "An answer"));
  assert.equal(erin.room(roomId).getReadReceiptForUserId(frank.userId, true), null);
  const later = await frank.untilEvent(roomId, await erin.say(roomId, "And this"));
  await frank.client.sendReadReceipt(later);
  const seen = () => erin.room(roomId).getReadReceiptForUserId(frank.userId, true)?.eventId;
  await erin.until("the public receipt", () => seen() === later.getId());
});

it("an edit is shown in place of the message, at once and to devices that come later", async ({
  one: erin,
  other: frank,
}) => {
  const roomId = await meet(erin, frank);
  const eventId = await erin.say(roomId, "Wrap");
  await frank.untilEvent(roomId, eventId);
  await edit(erin, roomId, eventId, "Warp");
  await frank.until("the edit", () => shown(frank, roomId, eventId) === "Warp");
  await using tablet = await frank.onNewDevice();
  await tablet.until("the edit", () => shown(tablet, roomId, eventId) === "Warp");
});

it("a reaction is seen once, refused when it is given twice, and gone when it is redacted", async ({
  one: erin,
  other: frank,
}) => {
  const roomId = await meet(erin, frank);
  const eventId = await erin.say(roomId, "Well?");
  await frank.untilEvent(roomId, eventId);
  const reaction = await react(frank, roomId, eventId, "👍");
  await assert.rejects(react(frank, roomId, eventId, "👍"), { errcode: "M_DUPLICATE_ANNOTATION" });
  await react(erin, roomId, eventId, "👍");
  const count = () => reactionsOf(erin, roomId, eventId).length;
  await erin.until("two reactions", () => count() === 2);
  await frank.client.redactEvent(roomId, reaction);
  await erin.until("one reaction", () => count() === 1);
  const { events } = await erin.client.relations(roomId, eventId, RelationType.Annotation, EventType.Reaction);
  assert.deepEqual(
    events.map((event) => event.getSender()),
    [erin.userId],
  );
  await react(frank, roomId, eventId, "👍");
});

it("a reply that is redacted leaves its thread", async ({ one: erin, other: frank }) => {
  const roomId = await meet(erin, frank);
  const root = await erin.say(roomId, "Root");
  await replyIn(frank, roomId, root, "Stays");
  const reply = await replyIn(frank, roomId, root, "Goes");
  await erin.until("both replies", () => threadOf(erin, roomId, root)?.length === 2);
  await frank.client.redactEvent(roomId, reply);
  await using tablet = await erin.onNewDevice();
  await tablet.until("one reply", () => threadOf(tablet, roomId, root)?.length === 1);
  assert.equal(threadOf(tablet, roomId, root)?.replyToEvent?.getContent()["body"], "Stays");
});

it("a muted room counts nothing, a keyword highlights, and other devices learn of the rules", async ({
  one: erin,
  other: frank,
}) => {
  const [muted, loud] = [await meet(erin, frank), await meet(erin, frank)];
  await using tablet = await frank.onNewDevice();
  await frank.client.addPushRule("global", PushRuleKind.RoomSpecific, muted, { actions: [] });
  const highlight = { set_tweak: TweakName.Highlight } as const;
  const keyword = { pattern: "bobbin", actions: [PushRuleActionName.Notify, highlight] };
  await frank.client.addPushRule("global", PushRuleKind.ContentSpecific, "bobbin", keyword);
  const ruleIds = () => tablet.client.pushRules?.global.content?.map((rule) => rule.rule_id) ?? [];
  await tablet.until("the rule", () => ruleIds().includes("bobbin"));
  await erin.say(muted, "Nobody hears");
  await erin.say(loud, "Where is my bobbin?");
  await frank.until(
    "the highlight",
    () => frank.room(loud).getUnreadNotificationCount(NotificationCountType.Highlight) === 1,
  );
  assert.equal(totalOf(frank, muted), 0);
  await frank.client.deletePushRule("global", PushRuleKind.ContentSpecific, "bobbin");
});

it("the fully-read marker and the tags of a room reach the other device", async ({ one: erin, other: frank }) => {
  const roomId = await meet(erin, frank);
  const eventId = await erin.say(roomId, "Here I stopped");
  await frank.untilEvent(roomId, eventId);
  await using tablet = await frank.onNewDevice();
  await frank.client.setRoomReadMarkers(roomId, eventId);
  const marker = () => tablet.room(roomId).getAccountData(EventType.FullyRead)?.getContent()["event_id"];
  await tablet.until("the marker", () => marker() === eventId);
  await frank.client.setRoomTag(roomId, "m.favourite", { order: 0.5 });
  await tablet.until("the tag", () => tablet.room(roomId).tags["m.favourite"]?.["order"] === 0.5);
});

async function replyIn(user: SdkUser, roomId: string, root: string, body: string, userIds?: string[]): Promise<string> {
  const mentions = userIds ? { "m.mentions": { user_ids: userIds } } : {};
  const content = { msgtype: MsgType.Text, body, ...mentions } as const;
  return (await user.client.sendMessage(roomId, root, content)).event_id;
}

async function edit(user: SdkUser, roomId: string, eventId: string, body: string): Promise<void> {
  await user.client.sendEvent(roomId, EventType.RoomMessage, {
    msgtype: MsgType.Text,
    body: `* ${body}`,
    "m.new_content": { msgtype: MsgType.Text, body },
    "m.relates_to": { rel_type: RelationType.Replace, event_id: eventId },
  });
}

async function react(user: SdkUser, roomId: string, eventId: string, key: string): Promise<string> {
  const relation = { rel_type: RelationType.Annotation, event_id: eventId, key } as const;
  return (await user.client.sendEvent(roomId, EventType.Reaction, { "m.relates_to": relation })).event_id;
}

const threadOf = (user: SdkUser, roomId: string, root: string): Thread | undefined =>
  user.client.getRoom(roomId)?.getThread(root) ?? undefined;

const bodyOf = (event: MatrixEvent): unknown => event.getContent()["body"];

const shown = (user: SdkUser, roomId: string, eventId: string): unknown =>
  user.client.getRoom(roomId)?.findEventById(eventId)?.getContent()["body"];

const reactionsOf = (user: SdkUser, roomId: string, eventId: string): readonly MatrixEvent[] =>
  user
    .room(roomId)
    .relations.getChildEventsForEvent(eventId, RelationType.Annotation, EventType.Reaction)
    ?.getRelations()
    .filter((event) => !event.isRedacted()) ?? [];

const totalOf = (user: SdkUser, roomId: string): number =>
  user.client.getRoom(roomId)?.getUnreadNotificationCount(NotificationCountType.Total) ?? 0;

/** `notifications/highlights` of the main timeline and of a thread. */
function countsOf(user: SdkUser, roomId: string, root: string): string {
  const room = user.room(roomId);
  const [total, highlight] = [NotificationCountType.Total, NotificationCountType.Highlight] as const;
  const main = `${room.getRoomUnreadNotificationCount(total)}/${room.getRoomUnreadNotificationCount(highlight)}`;
  const thread = `${room.getThreadUnreadNotificationCount(root, total)}/${room.getThreadUnreadNotificationCount(root, highlight)}`;
  return `${main} and ${thread}`;
}

/** The replies of a thread as the application shows them: it loads backwards until there is no more. */
async function followThread(user: SdkUser, roomId: string, root: string): Promise<(string | undefined)[]> {
  const thread = user.room(roomId).getThread(root);
  assert.ok(thread);
  const replies = () => thread.events.filter((event) => event.getId() !== root);
  await user.until("the thread", () => thread.initialEventsFetched);
  for (let pages = 0; pages < 5; pages++) {
    if (!(await user.client.paginateEventTimeline(thread.liveTimeline, { backwards: true, limit: 2 }))) break;
  }
  return replies().map((event) => event.getId());
}
