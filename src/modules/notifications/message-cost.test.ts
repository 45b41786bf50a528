import assert from "node:assert/strict";
import { onSqlite } from "../../../test/support/databases.ts";
import { alice, openEngineForTest, testServer } from "../../engine/rooms/testing.ts";
import type { Database, Statement } from "../../store/sql.ts";
import { weighing as createWeighing } from "./event-weights.ts";
import { notificationsFollower } from "./follower.ts";
import { Standings } from "./standings.ts";
import { Tallies } from "./tallies.ts";
import { Threads } from "./threads.ts";

/** A database that shows what is asked and written through it. */
function watched(database: Database, seen: string[]): Database {
  const note = (text: string): void => void seen.push(/(?:INSERT INTO|UPDATE|FROM) (\w+)/.exec(text)?.[1] ?? text);
  return {
    dialect: database.dialect,
    all: async (text, params) => (note(text), await database.all(text, params)),
    get: async (text, params) => (note(text), await database.get(text, params)),
    async commit(transactions: readonly (readonly Statement[])[]) {
      for (const { text } of transactions.flat()) note(text);
      return await database.commit(transactions);
    },
    [Symbol.asyncDispose]: async () => await database[Symbol.asyncDispose](),
  };
}

onSqlite("a message writes one row more, in a room of two members as in one of two hundred", async (database) => {
  const seen: string[] = [];
  const watching = watched(database, seen);
  const engine = await openEngineForTest(watching);
  const weighing = createWeighing({ serverName: testServer, memberCount: (room) => room.memberCounts?.joined ?? 0 });
  const threads = new Threads(async (eventId) => await engine.rooms.events.byId(eventId));
  const tallies = new Tallies({ sql: watching, partitions: engine.partitions });
  const standings = new Standings(watching);
  engine.rooms.follow(
    notificationsFollower({ ...engine, serverName: testServer, weighing, threads, tallies, standings }),
  );
  const statements: (readonly string[])[] = [];
  for (const size of [2, 200]) {
    const room = await engine.room({ preset: "public_chat", members: [alice] });
    for (let member = 2; member < size; member++) await room.join(`@member${member}:${testServer}`);
    seen.length = 0;
    await room.say(alice, "hello");
    statements.push([...seen]);
  }
  const expected = ["partitions", "events", "notifying"];
  assert.deepEqual(statements, [expected, expected]);
});
