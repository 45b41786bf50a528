import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { alice, bob, creator, openEngineForTest } from "../../engine/rooms/testing.ts";
import { cheapPasswords } from "../../engine/users/testing.ts";
import { createUsers } from "../../engine/users/users.ts";
import type { Database } from "../../store/sql.ts";
import { noteEviction } from "./guests.store.ts";
import { guestAccess } from "./index.ts";

const ACCESS = "m.room.guest_access";
const background = (): void => undefined;

/** A room with Alice, a guest, and Bob, a user, in a server that was never told to look after guests. */
async function start(database: Database, stack: AsyncDisposableStack) {
  const engine = await openEngineForTest(database);
  const users = stack.use(createUsers({ ...engine, sql: database, passwords: cheapPasswords, background }));
  await users.accounts.create({ userId: alice, isGuest: true });
  await users.accounts.create({ userId: bob });
  const room = await engine.room({ members: [alice, bob] });
  /** Starts the module, and waits until what it finds is done. */
  async function runModule(): Promise<void> {
    let work = Promise.resolve();
    const { dispose } = guestAccess({
      ...engine,
      sql: database,
      serverName: "test",
      background: (_name, given) => {
        work = given;
      },
    });
    await work;
    await dispose?.();
  }
  const note = async (position: number): Promise<void> => {
    await engine.partitions.of(room.roomId).commit(room.roomId, (tx) => noteEviction(tx, room.roomId, position));
  };
  const memberships = async () => {
    const all = [alice, bob, creator].map(
      async (userId) => (await engine.rooms.memberships.ofUser(userId))[0]?.membership,
    );
    return await Promise.all(all);
  };
  const pending = async () => await database.all("SELECT room_id FROM guest_evictions");
  return { room, runModule, note, memberships, pending };
}

eachDatabase("what a crash left undone is done at the start, and then forgotten", async (database) => {
  await using stack = new AsyncDisposableStack();
  const { room, runModule, note, memberships, pending } = await start(database, stack);
  await note((await room.set(ACCESS, { guest_access: "forbidden" })).position);
  await runModule();
  assert.deepEqual(await memberships(), ["leave", "join", "join"]);
  assert.deepEqual(await pending(), []);
});

eachDatabase("guests who are welcome again by then stay", async (database) => {
  await using stack = new AsyncDisposableStack();
  const { room, runModule, note, memberships, pending } = await start(database, stack);
  const { position } = await room.set(ACCESS, { guest_access: "forbidden" });
  await room.set(ACCESS, { guest_access: "can_join" });
  await note(position);
  await runModule();
  assert.deepEqual(await memberships(), ["join", "join", "join"]);
  assert.deepEqual(await pending(), []);
});
