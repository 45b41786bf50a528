/** matrix-nio, unmodified, in an encrypted room with matrix-js-sdk: two implementations that share no code. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Preset } from "matrix-js-sdk";
import { encrypting, untilReadable } from "./encrypted-user.ts";
import { letForgottenTimersGo } from "./forgotten-timers.ts";
import { NioUser } from "./nio/nio-user.ts";
import { findPython, type Python } from "./nio/python.ts";
import { PASSWORD, SdkUser } from "./sdk-user.ts";
import { type Subject, subjects } from "./servers.ts";

const ENCRYPTION = { algorithm: "m.megolm.v1.aes-sha2" };
const timeout = 60_000;

letForgottenTimersGo();

const python = findPython();
for (const subject of subjects())
  test(
    `matrix-nio and matrix-js-sdk read each other in an encrypted room (${subject.name})`,
    {
      timeout,
      skip: "missing" in python ? python.missing : false,
    },
    async () => await talk(subject, python),
  );

async function talk(subject: Subject, found: Python): Promise<void> {
  assert.ok("program" in found);
  await using stack = new AsyncDisposableStack();
  const { baseUrl } = stack.use(await subject.start());
  const alice = stack.use(await SdkUser.register(baseUrl, "alice", encrypting()));
  const bob = stack.use(await SdkUser.register(baseUrl, "bob", encrypting()));
  const nio = await NioUser.logIn({ python: found.program, baseUrl, userId: bob.userId, password: PASSWORD });
  stack.use(nio);
  const initial_state = [{ type: "m.room.encryption", state_key: "", content: ENCRYPTION }];
  const { room_id: roomId } = await alice.client.createRoom({ preset: Preset.PublicChat, initial_state });
  nio.join(roomId);
  for (const user of [alice, bob]) await user.untilMembership(roomId, bob.userId, "join");
  for (const round of [1, 2, 3]) {
    const asked = await alice.say(roomId, `Do you read me? ${round}`);
    assert.equal(await nio.read(asked), `Do you read me? ${round}`);
    const answered = await nio.say(roomId, `I do ${round}`);
    for (const user of [alice, bob])
      assert.equal((await untilReadable(user, roomId, answered)).getContent()["body"], `I do ${round}`);
  }
}
