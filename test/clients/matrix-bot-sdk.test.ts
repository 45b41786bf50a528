/** matrix-bot-sdk, unmodified: a bot that is invited, joins, and answers in threads. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type MatrixEvent, Preset } from "matrix-js-sdk";
import type { MatrixClient as Bot } from "matrix-bot-sdk";
import type { RunningServer } from "../support/child-server.ts";
import { AutojoinRoomsMixin, LogLevel, LogService, MatrixClient, MemoryStorageProvider } from "./bot-sdk.ts";
import { letForgottenTimersGo } from "./forgotten-timers.ts";
import { SdkUser } from "./sdk-user.ts";
import { subjects } from "./servers.ts";

letForgottenTimersGo();
LogService.setLevel(LogLevel.ERROR);
// It reports every refused request; what matters here fails a test.
LogService.muteModule("MatrixHttpClient");

for (const subject of subjects()) {
  describe(`matrix-bot-sdk on ${subject.name}`, { timeout: 120_000 }, () => {
    let server: RunningServer;
    let grace: SdkUser;
    let bot: Bot;

    before(async () => {
      server = await subject.start();
      grace = await SdkUser.register(server.baseUrl, "grace");
      bot = await startBot(server.baseUrl, "echo");
    });

    after(async () => {
      bot?.stop();
      await grace?.[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
    });

    it("a bot joins where it is invited and answers each message in a thread of its own", async () => {
      const botId = await bot.getUserId();
      const { room_id: roomId } = await grace.client.createRoom({ preset: Preset.PrivateChat, invite: [botId] });
      await grace.untilMembership(roomId, botId, "join");
      const roots = [await grace.say(roomId, "Hello"), await grace.say(roomId, "Who are you?")];
      for (const root of roots) {
        await grace.until("the answer", () => answerIn(grace, roomId, root) !== undefined);
      }
      assert.deepEqual(
        roots.map((root) => answerIn(grace, roomId, root)?.getContent()["body"]),
        ["You said: Hello", "You said: Who are you?"],
      );
      assert.deepEqual(grace.texts(roomId), ["Hello", "Who are you?"], "the answers stand in the threads");
    });

    it("a bot reads history, state and profiles, and edits and redacts what it said", async () => {
      const { room_id: roomId } = await grace.client.createRoom({ preset: Preset.PublicChat, name: "Workshop" });
      await bot.joinRoom(roomId);
      await grace.untilMembership(roomId, await bot.getUserId(), "join");
      const { name } = await bot.getRoomStateEvent(roomId, "m.room.name", "");
      assert.equal(name, "Workshop");
      const eventId = await bot.sendNotice(roomId, "Wrap");
      const content = { msgtype: "m.notice", body: "Warp" };
      const relation = { rel_type: "m.replace", event_id: eventId };
      await bot.sendMessage(roomId, { ...content, "m.new_content": content, "m.relates_to": relation });
      const shown = () => grace.client.getRoom(roomId)?.findEventById(eventId)?.getContent()["body"];
      await grace.until("the edit", () => shown() === "Warp");
      await bot.redactEvent(roomId, eventId, "spoken too soon");
      await grace.until("the redaction", () => grace.room(roomId).findEventById(eventId)?.isRedacted() === true);
      assert.deepEqual(await bot.getJoinedRoomMembers(roomId), [grace.userId, await bot.getUserId()]);
    });
  });
}

async function startBot(baseUrl: string, username: string): Promise<Bot> {
  const body = { username, password: "correct horse battery staple", auth: { type: "m.login.dummy" } };
  const answer = await fetch(`${baseUrl}/_matrix/client/v3/register`, { method: "POST", body: JSON.stringify(body) });
  const { access_token: token }: { access_token: string } = JSON.parse(await answer.text());
  const bot = new MatrixClient(baseUrl, token, new MemoryStorageProvider());
  AutojoinRoomsMixin.setupOnClient(bot);
  const userId = await bot.getUserId();
  bot.on("room.message", (roomId: string, event: Spoken) => {
    if (event.sender === userId || event.content.msgtype !== "m.text") return;
    const relation = { rel_type: "m.thread", event_id: event.event_id };
    const text = `You said: ${event.content.body}`;
    void bot.sendMessage(roomId, { msgtype: "m.notice", body: text, "m.relates_to": relation });
  });
  await bot.start();
  return bot;
}

interface Spoken {
  readonly event_id: string;
  readonly sender: string;
  readonly content: { readonly msgtype?: string; readonly body?: string };
}

const answerIn = (user: SdkUser, roomId: string, root: string): MatrixEvent | undefined =>
  user.client.getRoom(roomId)?.getThread(root)?.replyToEvent ?? undefined;
