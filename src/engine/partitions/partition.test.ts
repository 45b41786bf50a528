import assert from "node:assert/strict";
import { eachDatabase, onSqlite } from "../../../test/support/databases.ts";
import type { Announcement } from "../../bus/bus.ts";
import { inProcessBus } from "../../bus/in-process.ts";
import { type Database, DatabaseUnavailable, type Row } from "../../store/sql.ts";
import type { Partition } from "./partition.ts";
import { openPartitions } from "./partitions.ts";
import { BrittleDatabase } from "./testing.ts";
import type { Tx } from "./tx.ts";

const QUEUE_LIMIT = 20_000;

/** Writes a row that tells its position, and publishes a change there. */
function note(tx: Tx, room: string): number {
  const position = tx.nextPosition();
  tx.run("INSERT INTO rooms (room_nid, room_id, room_version, is_published) VALUES ($1, $2, '12', 0)", [
    position,
    `${room}-${position}`,
  ]);
  tx.publish({ kind: "note", position, roomId: room });
  return position;
}

/** Violates a key. */
const spoil = (tx: Tx): void => tx.run("INSERT INTO partitions (partition_id, position) VALUES (0, 0)", []);

async function open(database: Database) {
  const brittle = new BrittleDatabase(database);
  const bus = inProcessBus();
  const announcements: Announcement[] = [];
  bus.subscribe((announcement) => announcements.push(announcement));
  const partitions = await openPartitions({ database: brittle, bus });
  const partition: Partition = partitions.of("!room");
  return { brittle, bus, announcements, partitions, partition };
}

const written = async (database: Database): Promise<number[]> =>
  (await database.all<Row & { nid: number }>("SELECT room_nid AS nid FROM rooms ORDER BY room_nid")).map(
    ({ nid }) => nid,
  );

const kindsOf = (results: readonly PromiseSettledResult<unknown>[]): string[] => results.map(({ status }) => status);

onSqlite(
  "what waits goes to the database as one group, and is announced once in the order of the log",
  async (database) => {
    const { brittle, announcements, partition } = await open(database);
    const answers: number[] = [];
    await Promise.all(
      ["a", "b", "a"].map(async (room) => answers.push(await partition.commit(room, (tx) => note(tx, room)))),
    );
    assert.deepEqual(answers, [1, 2, 3], "callers are answered in the order in which they recorded");
    assert.equal(brittle.groupSizes.length, 1);
    assert.equal(announcements.length, 1);
    assert.equal(announcements[0]?.position, 3);
    assert.deepEqual(
      announcements[0]?.changes.map(({ position, roomId }) => [position, roomId]),
      [
        [1, "a"],
        [2, "b"],
        [3, "a"],
      ],
    );
    assert.deepEqual(await written(database), [1, 2, 3]);
  },
);

onSqlite("what is recorded while a group is written goes into the next group", async (database) => {
  const { brittle, announcements, partition } = await open(database);
  brittle.hold();
  const first = partition.commit("a", (tx) => note(tx, "a"));
  await new Promise(setImmediate);
  const later = [1, 2].map(async () => await partition.commit("a", (tx) => note(tx, "a")));
  brittle.release();
  await Promise.all([first, ...later]);
  assert.deepEqual(
    announcements.map(({ position, changes }) => [position, changes.length]),
    [
      [1, 1],
      [3, 2],
    ],
  );
});

onSqlite("nobody is told before it is durable", async (database) => {
  const { brittle, announcements, partition } = await open(database);
  const order: string[] = [];
  brittle.hold();
  const answered = partition
    .commit("a", (tx) => {
      tx.afterCommit(() => order.push(`committed, ${announcements.length} announcements`));
      return note(tx, "a");
    })
    .then(() => order.push(`answered, ${announcements.length} announcements`));
  await new Promise(setImmediate);
  assert.deepEqual([partition.position, announcements.length, order], [0, 0, []]);
  brittle.release();
  await answered;
  assert.deepEqual(order, ["committed, 0 announcements", "answered, 1 announcements"]);
  assert.equal(partition.position, 1);
});

eachDatabase("the result of a statement can be read when it is durable, not before", async (database) => {
  const { partition } = await open(database);
  const results = await Promise.all(
    [1, 2].map(async () =>
      partition.commit("a", (tx) => {
        const position = note(tx, "a");
        const found = tx.query<Row & { nid: number }>(
          "UPDATE rooms SET is_published = 1 WHERE room_nid = $1 RETURNING room_nid AS nid",
          [position],
        );
        assert.throws(() => found.rows, /before its transaction was durable/);
        return found;
      }),
    ),
  );
  assert.deepEqual(
    results.map(({ rows, changes }) => [rows.map(({ nid }) => nid), changes]),
    [
      [[1], 1],
      [[2], 1],
    ],
  );
});

eachDatabase("a transaction that fails does so alone among those of other keys", async (database) => {
  const { announcements, partition } = await open(database);
  const results = await Promise.allSettled([
    partition.commit("a", (tx) => note(tx, "a")),
    partition.commit("b", (tx) => {
      note(tx, "b");
      spoil(tx);
    }),
    partition.commit("c", (tx) => note(tx, "c")),
  ]);
  assert.deepEqual(kindsOf(results), ["fulfilled", "rejected", "fulfilled"]);
  assert.deepEqual(await written(database), [1, 3]);
  assert.deepEqual(
    announcements.map(({ position, changes }) => [position, changes.map((change) => change.position)]),
    [[3, [1, 3]]],
  );
});

eachDatabase(
  "a transaction that fails takes those of its key with it that were recorded after it, not those before",
  async (database) => {
    const { brittle, partition } = await open(database);
    const undone: string[] = [];
    const record = async (name: string, isSpoilt: boolean): Promise<void> =>
      await partition.commit("a", (tx) => {
        note(tx, "a");
        if (isSpoilt) spoil(tx);
        tx.afterFailure(() => undone.push(name));
      });
    brittle.hold();
    const sameGroup = [record("before", false), record("spoilt", true), record("after", false)];
    await new Promise(setImmediate);
    const nextGroup = record("in the next group", false);
    const other = partition.commit("b", (tx) => note(tx, "b"));
    brittle.release();
    const results = await Promise.allSettled([...sameGroup, nextGroup, other]);
    assert.deepEqual(kindsOf(results), ["fulfilled", "rejected", "rejected", "rejected", "fulfilled"]);
    assert.deepEqual(undone, ["spoilt", "after", "in the next group"]);
    assert.deepEqual(await written(database), [1, 5]);
  },
);

onSqlite("a build that throws leaves nothing behind, and its error is the caller's", async (database) => {
  const { brittle, announcements, partition } = await open(database);
  const undone: string[] = [];
  const failing = partition.commit("a", (tx) => {
    note(tx, "a");
    tx.afterFailure(() => undone.push("a"));
    throw new RangeError("no");
  });
  await assert.rejects(failing, RangeError);
  await partition.drained();
  assert.deepEqual([undone, brittle.groupSizes, announcements], [["a"], [], []]);
  await partition.commit("a", (tx) => note(tx, "a"));
  assert.deepEqual(await written(database), [2]);
});

eachDatabase("no position is handed out twice over a restart", async (database) => {
  const first = await open(database);
  await first.partition.commit("a", (tx) => note(tx, "a"));
  // Takes a position without any row of its own.
  await first.partition.commit("a", (tx) => tx.nextPosition());
  const second = await open(database);
  assert.equal(second.partitions.position, 2);
  assert.equal(await second.partition.commit("a", (tx) => note(tx, "a")), 3);
});

eachDatabase(
  "when the database is unavailable the whole group fails, nothing is announced, and later all works",
  async (database) => {
    const { brittle, announcements, partition } = await open(database);
    brittle.isAvailable = false;
    const results = await Promise.allSettled(
      ["a", "b"].map(async (room) => await partition.commit(room, (tx) => note(tx, room))),
    );
    for (const result of results)
      assert.ok(result.status === "rejected" && result.reason instanceof DatabaseUnavailable);
    // Otherwise clients would hold tokens for positions that are handed out again after a restart.
    assert.deepEqual([partition.position, announcements.length], [0, 0]);
    brittle.isAvailable = true;
    assert.equal(await partition.commit("a", (tx) => note(tx, "a")), 3);
    assert.deepEqual(await written(database), [3]);
    assert.equal(announcements.at(-1)?.position, 3);
  },
);

onSqlite("too much that waits is refused before it is recorded", async (database) => {
  const { brittle, partition } = await open(database);
  brittle.isAvailable = false;
  const waiting = Array.from(
    { length: QUEUE_LIMIT },
    async (_, index) => await partition.commit(`${index}`, () => index),
  );
  let isRecorded = false;
  const refused = partition.commit("a", () => (isRecorded = true));
  await assert.rejects(refused, DatabaseUnavailable);
  assert.equal(isRecorded, false);
  await Promise.allSettled(waiting);
  brittle.isAvailable = true;
  assert.equal(await partition.commit("a", () => true), true);
});

onSqlite("all that was recorded is decided when it is drained", async (database) => {
  const { partition } = await open(database);
  void partition.commit("a", (tx) => note(tx, "a"));
  await partition.drained();
  assert.deepEqual(await written(database), [1]);
  await partition.drained();
});
