/** matrix-js-sdk, unmodified: threads, edits and reactions. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { EventType, MatrixError, type MatrixEvent, MsgType, Preset, RelationType } from "matrix-js-sdk";
import type { RunningServer } from "../support/server.ts";
import { letForgottenTimersGo } from "./forgotten-timers.ts";
import { SdkUser } from "./sdk-user.ts";
import { subjects } from "./servers.ts";

/** More than a first sync brings. */
const LATER_MESSAGES = 25;

letForgottenTimersGo();

for (const subject of subjects()) {
  describe(`relations with matrix-js-sdk on ${subject.name}`, { timeout: 120_000 }, () => {
    let server: RunningServer;
    let erin: SdkUser;
    let frank: SdkUser;

    before(async () => {
      server = await subject.start();
      erin = await SdkUser.register(server.baseUrl, "erin");
      frank = await SdkUser.register(server.baseUrl, "frank");
    });

    after(async () => {
      await erin?.[Symbol.asyncDispose]();
      await frank?.[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
    });

    it("a thread is followed by who is there, and found whole by a device that comes later", async () => {
      const roomId = await meet(erin, frank);
      const root = await erin.say(roomId, "root");
      await frank.untilEvent(roomId, root);
      const replies: string[] = [];
      for (const body of ["one", "two", "three"]) replies.push(await replyInThread(frank, roomId, root, body));
      const thread = () => erin.room(roomId).getThread(root);
      await erin.until("the replies", () => thread()?.length === 3 && thread()?.replyToEvent?.getId() === replies[2]);
      for (let n = 0; n < LATER_MESSAGES; n++) await erin.say(roomId, `later ${n}`);
      await using tablet = await erin.onNewDevice();
      const room = tablet.room(roomId);
      assert.equal(room.findEventById(root), undefined);
      await room.createThreadsTimelineSets();
      await room.fetchRoomThreads();
      const listed = room.threadsTimelineSets.map((set) => set?.getLiveTimeline().getEvents().map(idOf));
      assert.deepEqual(listed, [[root], [root]]);
      assert.deepEqual(await followThread(tablet, roomId, root), replies);
    });

    it("edits are shown to who was there, and to a device that comes later", async () => {
      const roomId = await meet(erin, frank);
      const original = await erin.say(roomId, "one");
      await frank.untilEvent(roomId, original);
      await edit(erin, roomId, original, "two");
      await using tablet = await frank.onNewDevice();
      for (const user of [frank, tablet]) {
        const event = await user.untilEvent(roomId, original);
        await user.until("the new text", () => event.getContent()["body"] === "two");
        assert.equal(event.getOriginalContent()["body"], "one");
      }
    });

    it("reactions are counted, and nobody reacts twice alike", async () => {
      const roomId = await meet(erin, frank);
      const message = await erin.say(roomId, "hello");
      const react = async ({ client }: SdkUser) => {
        const relation = { rel_type: RelationType.Annotation, event_id: message, key: "👍" } as const;
        return await client.sendEvent(roomId, EventType.Reaction, { "m.relates_to": relation });
      };
      const { event_id: reaction } = await react(frank);
      await react(erin);
      await assert.rejects(
        react(frank),
        (error) => error instanceof MatrixError && error.errcode === "M_DUPLICATE_ANNOTATION",
      );
      const counted = await erin.client.relations(roomId, message, RelationType.Annotation, EventType.Reaction);
      assert.equal(counted.events.length, 2);
      await frank.client.redactEvent(roomId, reaction);
      const left = await erin.client.relations(roomId, message, RelationType.Annotation, EventType.Reaction);
      assert.deepEqual(
        left.events.map((event) => event.getSender()),
        [erin.userId],
      );
    });
  });
}

const idOf = (event: MatrixEvent): string | undefined => event.getId();

async function meet(one: SdkUser, other: SdkUser): Promise<string> {
  const { room_id: roomId } = await one.client.createRoom({ preset: Preset.PublicChat });
  await other.client.joinRoom(roomId);
  await one.untilMembership(roomId, other.userId, "join");
  await other.untilMembership(roomId, other.userId, "join");
  return roomId;
}

async function replyInThread({ client }: SdkUser, roomId: string, root: string, body: string): Promise<string> {
  const relation = { rel_type: RelationType.Thread, event_id: root, is_falling_back: true } as const;
  const content = { msgtype: MsgType.Text, body, "m.relates_to": relation } as const;
  return (await client.sendMessage(roomId, root, content)).event_id;
}

async function edit({ client }: SdkUser, roomId: string, original: string, body: string): Promise<void> {
  await client.sendMessage(roomId, {
    msgtype: MsgType.Text,
    body: `* ${body}`,
    "m.new_content": { msgtype: MsgType.Text, body },
    "m.relates_to": { rel_type: RelationType.Replace, event_id: original },
  });
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
  return replies().map(idOf);
}
