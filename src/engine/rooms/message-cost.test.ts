import assert from "node:assert/strict";
import type { Database, Statement } from "../../store/sql.ts";
import { onSqlite } from "../../../test/support/databases.ts";
import { alice, openEngineForTest, testServer } from "./testing.ts";

/** A database that shows what is written through it. */
function watched(database: Database, written: Statement[]): Database {
  return {
    dialect: database.dialect,
    all: async (text, params) => await database.all(text, params),
    get: async (text, params) => await database.get(text, params),
    async commit(transactions) {
      written.push(...transactions.flat());
      return await database.commit(transactions);
    },
    [Symbol.asyncDispose]: async () => await database[Symbol.asyncDispose](),
  };
}

onSqlite("a message writes one row of its own, in a room of two members as in one of sixty", async (database) => {
  const written: Statement[] = [];
  const engine = await openEngineForTest(watched(database, written));
  const tables: (readonly (string | undefined)[])[] = [];
  for (const size of [2, 60]) {
    const room = await engine.room({ preset: "public_chat" });
    await room.join(alice);
    for (let member = 2; member < size; member++) await room.join(`@member${member}:${testServer}`);
    written.length = 0;
    await room.say(alice, "hello");
    tables.push(written.map(({ text }) => /(?:INSERT INTO|UPDATE) (\w+)/.exec(text)?.[1]));
  }
  assert.deepEqual(tables, [
    ["partitions", "events"],
    ["partitions", "events"],
  ]);
});
