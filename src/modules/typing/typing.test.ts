import assert from "node:assert/strict";
import { path, type SyncJson } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

it("who leaves a room, or is made to, types there no more", async (homeserver) => {
  const [alice, bob, carol] = [
    await homeserver.register("alice"),
    await homeserver.register("bob"),
    await homeserver.register("carol"),
  ];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  for (const user of [bob, carol]) await user.join(roomId);
  const typingIn = (answer: SyncJson) =>
    answer.rooms?.join?.[roomId]?.ephemeral?.events.find(({ type }) => type === "m.typing")?.content["user_ids"];
  for (const user of [bob, carol]) {
    await user.put(path`rooms/${roomId}/typing/${user.userId}`, { typing: true, timeout: 60_000 });
  }
  const begun = await alice.sync();
  assert.deepEqual(typingIn(begun), [bob.userId, carol.userId]);
  await bob.leave(roomId);
  const left = await alice.syncUntil(begun.next_batch, (answer) => typingIn(answer) !== undefined);
  assert.deepEqual(typingIn(left), [carol.userId]);
  await alice.tell("kick", roomId, carol);
  const kicked = await alice.syncUntil(left.next_batch, (answer) => typingIn(answer) !== undefined);
  assert.deepEqual(typingIn(kicked), []);
});
