import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { openPartitions } from "../../engine/partitions/partitions.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { inProcessBus } from "../../bus/in-process.ts";
import type { Database } from "../../store/sql.ts";
import { countIn, deleteBetween, insertRow, type NotifyingRow, ownAudience, prune } from "./notifying.store.ts";

const roomNid = 1;
const userId = "@alice:test";

const row = (position: number, more: Partial<NotifyingRow> = {}): NotifyingRow => ({
  position,
  audience: "",
  thread: "main",
  sender: "@bob:test",
  notify: 1,
  highlight: 0,
  ...more,
});

async function start(database: Database) {
  const partitions = await openPartitions({ database, bus: inProcessBus() });
  const write = async (work: (tx: Tx) => void) => await partitions.of("!room:test").commit("!room:test", work);
  const positions = async (): Promise<number[]> => {
    const rows = await database.all<{ position: number }>("SELECT position FROM notifying ORDER BY position, audience");
    return rows.map(({ position }) => position);
  };
  const count = async (floor: number, ignored: readonly string[] = []) => {
    const rooms = [{ roomNid, floor, ruleSet: "set" }];
    const found = await countIn(database, userId, { rooms, floors: [], upTo: 100, ignored: new Set(ignored) });
    return found.map(({ notify, highlight }) => [notify, highlight]);
  };
  return { write, positions, count };
}

eachDatabase("the last events are kept, with all their rows, those of each room by themselves", async (database) => {
  const { write, positions } = await start(database);
  await write((tx) => {
    for (let position = 1; position <= 6; position++) insertRow(tx, roomNid, row(position));
    insertRow(tx, roomNid, row(2, { audience: userId }));
    insertRow(tx, roomNid, row(4, { audience: userId }));
    insertRow(tx, 2, row(1));
  });
  await write((tx) => prune(tx, roomNid, 2));
  assert.deepEqual(await positions(), [1, 4, 4, 5, 6]);
  await write((tx) => prune(tx, roomNid, 10));
  assert.deepEqual(await positions(), [1, 4, 4, 5, 6]);
});

eachDatabase("a count is the sum of the user's three audiences after the floor", async (database) => {
  const { write, count } = await start(database);
  await write((tx) => {
    insertRow(tx, roomNid, row(1));
    insertRow(tx, roomNid, row(2));
    insertRow(tx, roomNid, row(2, { audience: "set", notify: -1 }));
    insertRow(tx, roomNid, row(2, { audience: ownAudience("set", userId), highlight: 1 }));
    insertRow(tx, roomNid, row(2, { audience: "other" }));
    insertRow(tx, roomNid, row(3, { sender: "@carol:test" }));
  });
  assert.deepEqual(await count(0), [[3, 1]]);
  assert.deepEqual(await count(1), [[2, 1]]);
  assert.deepEqual(await count(1, ["@carol:test"]), [[1, 1]]);
  assert.deepEqual(await count(3), []);
});

eachDatabase("rows of a rule set go from a stretch, and no others", async (database) => {
  const { write, positions } = await start(database);
  await write((tx) => {
    for (let position = 1; position <= 4; position++) insertRow(tx, roomNid, row(position, { audience: "set" }));
    insertRow(tx, roomNid, row(3));
  });
  await write((tx) => deleteBetween(tx, roomNid, { after: 1, to: 3, audiences: ["set", "set@alice:test"] }));
  assert.deepEqual(await positions(), [1, 3, 4]);
});
