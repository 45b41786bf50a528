/** 1,000 encrypted messages among ten devices while the server is killed: all of them read each, once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Preset } from "matrix-js-sdk";
import type { RunningServer } from "../support/child-server.ts";
import { Chatterbox } from "./chatterbox.ts";
import { encrypting } from "./encrypted-user.ts";
import { letForgottenTimersGo } from "./forgotten-timers.ts";
import { SdkUser } from "./sdk-user.ts";
import { type Subject, subjects } from "./servers.ts";

const USERS = 5;
const MESSAGES_OF_DEVICE = 100;
const TOTAL = 2 * USERS * MESSAGES_OF_DEVICE;
/** So many messages were acknowledged at each death. */
const DEATHS = [150, 400, 700];
/** New keys all the time: they are what may be lost. */
const ENCRYPTION = { algorithm: "m.megolm.v1.aes-sha2", rotation_period_msgs: 25 };
/**
 * Events of one answer: all that there are. Of an answer that is cut (`limited`) and has an event that the client knows, as
 * its own newest message, matrix-js-sdk takes nothing before that event, and sees no gap that it could ask for.
 */
const SYNC_LIMIT = TOTAL;
const timeout = 600_000;

letForgottenTimersGo();

for (const subject of subjects())
  test(
    `${TOTAL} encrypted messages over ten devices survive deaths of the server (${subject.name})`,
    {
      timeout,
    },
    async () => await chat(subject),
  );

async function chat(subject: Subject): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await subject.start());
  const wishes = { ...encrypting(), syncLimit: SYNC_LIMIT };
  const users: SdkUser[] = [];
  for (let index = 0; index < USERS; index += 1) {
    const first = stack.use(await SdkUser.register(server.baseUrl, `user${index}`, wishes));
    users.push(first, stack.use(await first.onNewDevice()));
  }
  const roomId = await gather(users);
  let up = Promise.resolve();
  const place = { roomId, others: users, serverUp: async () => await up };
  const chatterboxes = users.map((user, index) => new Chatterbox(user, { ...place, name: String(index) }));
  let acknowledged = 0;
  const deaths = DEATHS.map((count) => ({ count, ...Promise.withResolvers<void>() }));
  const onAcknowledged = (): void => {
    acknowledged += 1;
    for (const death of deaths) if (death.count === acknowledged) death.resolve();
  };
  const chatting = Promise.all(chatterboxes.map(async (each) => await each.chat(MESSAGES_OF_DEVICE, onAcknowledged)));
  for (const death of deaths) {
    await Promise.race([death.promise, chatting]);
    up = dieAndRise(server);
    await up;
    for (const each of chatterboxes) each.resume();
  }
  await chatting;
  const said = chatterboxes.flatMap((each) => each.said);
  assert.equal(new Set(said.map(({ body }) => body)).size, TOTAL);
  const notes = chatterboxes.flatMap((each) => each.notes);
  for (const each of chatterboxes) await each.checkHas(said, notes);
}

async function dieAndRise(server: RunningServer): Promise<void> {
  await server.kill();
  await server.start();
}

/** All are in an encrypted room, and know it. */
async function gather(users: readonly SdkUser[]): Promise<string> {
  const [host] = users;
  assert.ok(host);
  const initial_state = [{ type: "m.room.encryption", state_key: "", content: ENCRYPTION }];
  const { room_id: roomId } = await host.client.createRoom({ preset: Preset.PublicChat, initial_state });
  const owners = new Map(users.toReversed().map((user) => [user.userId, user]));
  for (const user of owners.values()) if (user.userId !== host.userId) await user.client.joinRoom(roomId);
  for (const user of users) for (const userId of owners.keys()) await user.untilMembership(roomId, userId, "join");
  return roomId;
}
