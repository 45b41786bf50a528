import assert from "node:assert/strict";
import { onSqlite } from "../../../test/support/databases.ts";
import { alice, openEngineForTest } from "../../engine/rooms/testing.ts";
import type { Row, Sql, SqlValue } from "../../store/sql.ts";
import { relationsFollower } from "./follower.ts";
import { SharedThreads } from "./shared-threads.ts";
import { Summaries } from "./summaries.ts";

onSqlite("what a child changes while it is read is not kept, and read again", async (database) => {
  const engine = await openEngineForTest(database);
  let queryCount = 0;
  /** What happens between a query and its answer, one for each. */
  const meanwhile: (() => Promise<unknown>)[] = [];
  const slow: Sql = {
    dialect: database.dialect,
    all: async <T extends Row>(text: string, params: readonly SqlValue[] = []) => {
      queryCount++;
      const rows = await database.all<T>(text, params);
      await meanwhile.shift()?.();
      return rows;
    },
    get: async (text, params) => await database.get(text, params),
  };
  const summaries = new Summaries(slow);
  engine.rooms.follow(relationsFollower(summaries, new SharedThreads()));
  const room = await engine.room({ members: [alice] });
  const parent = await room.say(alice, "hello");
  const refer = async () => {
    const content = { "m.relates_to": { rel_type: "m.reference", event_id: parent.eventId } };
    return await room.send({ type: "org.example.reference", sender: alice, content });
  };
  // Of an event without a transaction nothing is known beforehand.
  meanwhile.push(refer);
  assert.equal((await summaries.of([parent])).size, 0, "read before the child came");
  const read = await summaries.of([parent]);
  assert.equal(read.get(parent.position)?.references.length, 1);
  queryCount = 0;
  assert.deepEqual(await summaries.of([parent]), read);
  assert.equal(queryCount, 0);
  await refer();
  assert.equal((await summaries.of([parent])).get(parent.position)?.references.length, 2);
});
