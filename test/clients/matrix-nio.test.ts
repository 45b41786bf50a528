/** matrix-nio, unmodified, in an encrypted room with matrix-js-sdk: two implementations that share no code. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventType, Preset, RelationType } from "matrix-js-sdk";
import { isJsonObject, type JsonObject } from "../../src/protocol/json/json.ts";
import { talk } from "./encrypted-talk.ts";
import { encrypting, untilReadable } from "./encrypted-user.ts";
import { letForgottenTimersGo } from "./forgotten-timers.ts";
import { NioUser } from "./nio/nio-user.ts";
import { findPython, type Python } from "./nio/python.ts";
import { PASSWORD, SdkUser } from "./sdk-user.ts";
import { type Subject, subjects } from "./servers.ts";

const ENCRYPTION = { algorithm: "m.megolm.v1.aes-sha2" };
const timeout = 180_000;

letForgottenTimersGo();

const python = findPython();
for (const subject of subjects())
  test(
    `matrix-nio reads four devices of matrix-js-sdk in an encrypted room, and they read it (${subject.name})`,
    {
      timeout,
      skip: "missing" in python ? python.missing : false,
    },
    async () => await meet(subject, python),
  );

async function meet(subject: Subject, found: Python): Promise<void> {
  assert.ok("program" in found);
  await using stack = new AsyncDisposableStack();
  const { baseUrl } = stack.use(await subject.start());
  const laptop = stack.use(await SdkUser.register(baseUrl, "alice", encrypting()));
  const desk = stack.use(await SdkUser.register(baseUrl, "bob", encrypting()));
  const carol = stack.use(await SdkUser.register(baseUrl, "carol", encrypting()));
  const phone = stack.use(await laptop.onNewDevice());
  const tablet = stack.use(await desk.onNewDevice());
  const { userId } = carol;
  const nio = stack.use(await NioUser.logIn({ python: found.program, baseUrl, userId, password: PASSWORD }));
  const initial_state = [{ type: "m.room.encryption", state_key: "", content: ENCRYPTION }];
  const { room_id: roomId } = await laptop.client.createRoom({ preset: Preset.PublicChat, initial_state });
  await desk.client.joinRoom(roomId);
  nio.join(roomId);
  const readers = [laptop, phone, desk, tablet, carol];
  for (const user of readers)
    for (const member of [desk, carol]) await user.untilMembership(roomId, member.userId, "join");

  const said = await talk({ roomId, laptop, phone, desk, tablet });
  for (const [eventId, body] of said.texts) assert.equal((await nio.read(eventId))["body"], body);
  for (const reply of said.replies) assert.deepEqual(relationOf(await nio.read(reply)), ["m.thread", said.root]);
  const edit = await nio.read(said.edit);
  assert.deepEqual(edit["m.new_content"], { msgtype: "m.text", body: said.rewritten });
  assert.deepEqual(relationOf(edit), ["m.replace", said.root]);
  assert.deepEqual(relationOf(await nio.read(said.reaction)), ["m.annotation", said.root]);
  await answer(nio, { readers, roomId, root: said.root });
}

/** What matrix-nio says: all devices read it, in its thread, edited and with its reaction. */
async function answer(
  nio: NioUser,
  { readers, roomId, root }: { readonly readers: readonly SdkUser[]; readonly roomId: string; readonly root: string },
): Promise<void> {
  const said = await nio.send(roomId, "m.room.message", text("I read you"));
  const inThread = { rel_type: "m.thread", event_id: root };
  const reply = await nio.send(roomId, "m.room.message", { ...text("Here too"), "m.relates_to": inThread });
  const replacement = { rel_type: "m.replace", event_id: said };
  const edited = { ...text("* I do"), "m.new_content": text("I do"), "m.relates_to": replacement };
  await nio.send(roomId, "m.room.message", edited);
  const like = { rel_type: "m.annotation", event_id: said, key: "🧶" };
  await nio.send(roomId, "m.reaction", { "m.relates_to": like });
  for (const user of readers) {
    const event = await untilReadable(user, roomId, said);
    assert.equal(event.getOriginalContent()["body"], "I read you");
    assert.equal((await untilReadable(user, roomId, reply)).getContent()["body"], "Here too");
    const room = user.room(roomId);
    await user.until("the thread", () => room.getThread(root)?.findEventById(reply) !== undefined);
    await user.until("the edit", () => event.getContent()["body"] === "I do");
    const reactions = () => room.relations.getChildEventsForEvent(said, RelationType.Annotation, EventType.Reaction);
    await user.until("the reaction", () => reactions()?.getSortedAnnotationsByKey()?.[0]?.[0] === like.key);
  }
}

const text = (body: string) => ({ msgtype: "m.text", body });

function relationOf(content: JsonObject): readonly unknown[] {
  const relation = content["m.relates_to"];
  assert.ok(isJsonObject(relation));
  return [relation["rel_type"], relation["event_id"]];
}
