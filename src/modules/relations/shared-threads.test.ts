/** What is told of threads from memory is what the roots by themselves say. */
import assert from "node:assert/strict";
import { type EventJson, path, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { edit, eventOf, ignore, redact, refer, reply, sharedRoom, threadsOf } from "./testing.ts";

const it = homeserverTests();

/** An event, and those in it, without what changes by the millisecond. */
const timeless = (event: EventJson): unknown =>
  JSON.parse(JSON.stringify(event, (name, value: unknown) => (name === "age" ? typeof value : value)));

/** Looks at the list twice, since the second time it comes from memory. */
async function assertListed(users: readonly TestClient[], roomId: string, roots: readonly string[]): Promise<void> {
  for (const user of [...users, ...users]) {
    const { chunk } = await threadsOf(user, roomId);
    const expected = await Promise.all(roots.map(async (root) => await eventOf(user, roomId, root)));
    assert.deepEqual(chunk.map(timeless), expected.map(timeless), user.userId);
  }
}

it("everybody sees the same threads, with their own part in them and their own transactions", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  const [byAlice, byBob] = [await alice.say(roomId, 'a "root"'), await bob.say(roomId, "b\u0000\n")];
  await reply(alice, roomId, byAlice);
  await reply(alice, roomId, byBob);
  const users = [alice, bob, carol];
  await assertListed(users, roomId, [byBob, byAlice]);
  await reply(carol, roomId, byAlice);
  await assertListed(users, roomId, [byAlice, byBob]);
});

it("edits, references and redactions show in the list at once", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const root = await alice.say(roomId, "root");
  const latest = await reply(bob, roomId, root);
  const list = async () => await assertListed([alice, bob], roomId, [root]);
  await list();
  await edit(bob, roomId, latest, "changed reply");
  await list();
  await refer(alice, roomId, root);
  await list();
  await edit(alice, roomId, root, "changed root");
  await list();
  const last = await reply(bob, roomId, root);
  await list();
  await redact(bob, roomId, last);
  await list();
  await redact(alice, roomId, root);
  await list();
  await redact(bob, roomId, latest);
  await assertListed([alice, bob], roomId, []);
});

it("who ignores somebody, or left, has a list of one's own", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  const root = await alice.say(roomId, "root");
  await reply(alice, roomId, root, "first");
  await reply(bob, roomId, root, "second");
  await assertListed([alice, bob, carol], roomId, [root]);
  await ignore(alice, [bob]);
  await carol.leave(roomId);
  await reply(bob, roomId, root, "third");
  await assertListed([alice, bob, carol], roomId, [root]);
});

it("where history is hidden, each sees what is theirs", async (homeserver) => {
  const { alice, bob, roomId } = await sharedRoom(homeserver);
  await alice.put(path`rooms/${roomId}/state/m.room.history_visibility/`, { history_visibility: "joined" });
  const root = await alice.say(roomId, "root");
  await reply(bob, roomId, root);
  await assertListed([alice, bob], roomId, [root]);
  const carol = await homeserver.register("carol");
  await carol.join(roomId);
  await assertListed([carol], roomId, []);
});
