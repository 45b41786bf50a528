import assert from "node:assert/strict";
import { eachDatabase, onSqlite } from "../../../../test/support/databases.ts";
import { inProcessBus } from "../../../bus/in-process.ts";
import type { Database, Row } from "../../../store/sql.ts";
import { openPartitions } from "../../partitions/partitions.ts";
import { EMPTY_ROOT, keyOf, LEAF_LIMIT } from "./node.ts";
import { StateNodes } from "./nodes.ts";
import { difference, entriesOf, get, NodesMissing, put } from "./trie.ts";
import type { Tx } from "../../partitions/tx.ts";

const entry = (number: number) => ({ key: keyOf("m.room.member", `@${number}:test`), position: number + 1 });

async function open(database: Database) {
  const partition = (await openPartitions({ database, bus: inProcessBus() })).of("");
  const nodes = new StateNodes(database);
  /** Makes a state of so many entries. */
  const fill = (tx: Tx, count: number): string => {
    const sink = nodes.sink(tx);
    return Array.from({ length: count }, (_, number) => entry(number)).reduce(
      (root, each) => put(sink, root, each),
      EMPTY_ROOT,
    );
  };
  return { partition, nodes, fill };
}

const isStored = async (database: Database, name: string): Promise<boolean> =>
  (await database.get<Row>("SELECT name FROM state_nodes WHERE name = $1", [name])) !== undefined;

/** Makes the transaction fail in the database. */
const spoil = (tx: Tx): void => tx.run("INSERT INTO partitions (partition_id, position) VALUES (0, 0)", []);

eachDatabase("a state can be read from the database alone", async (database) => {
  const { partition, fill } = await open(database);
  const [small, large] = await partition.commit("a", (tx) => [fill(tx, 300), fill(tx, 301)]);
  const nodes = new StateNodes(database);
  assert.throws(() => get(nodes, large, entry(7).key), NodesMissing);
  assert.equal(await nodes.with((held) => get(held, large, entry(7).key)), 8);
  assert.equal((await nodes.with((held) => entriesOf(held, large))).length, 301);
  assert.deepEqual(await nodes.with((held) => difference(held, small, large)), [
    { key: entry(300).key, before: undefined, after: 301 },
  ]);
});

onSqlite("a node that is in no database is an error, not an endless search", async (database) => {
  const { nodes } = await open(database);
  await assert.rejects(
    nodes.with((held) => get(held, "0".repeat(32), entry(1).key)),
    /missing from the database/,
  );
});

onSqlite("a transaction that fails takes its nodes back", async (database) => {
  const { partition, nodes, fill } = await open(database);
  let root = "";
  const failing = partition.commit("a", (tx) => {
    root = fill(tx, 3);
    spoil(tx);
  });
  assert.notEqual(nodes.peek(root), undefined, "what comes next may build on it at once");
  await assert.rejects(failing);
  assert.equal(nodes.peek(root), undefined);
  assert.equal(await isStored(database, root), false);
});

onSqlite("a transaction whose build throws takes its nodes back", async (database) => {
  const { partition, nodes, fill } = await open(database);
  let root = "";
  const failing = partition.commit("a", (tx) => {
    root = fill(tx, 3);
    throw new RangeError("no");
  });
  await assert.rejects(failing, RangeError);
  assert.equal(nodes.peek(root), undefined);
});

eachDatabase(
  "another transaction that made the same node meanwhile writes it as well, and keeps it",
  async (database) => {
    const { partition, nodes, fill } = await open(database);
    const failing = partition.commit("a", (tx) => {
      fill(tx, 3);
      spoil(tx);
    });
    const root = partition.commit("b", (tx) => fill(tx, 3));
    await assert.rejects(failing);
    assert.notEqual(nodes.peek(await root), undefined);
    assert.equal(await isStored(database, await root), true);
  },
);

onSqlite("a node that is durable is not written again", async (database) => {
  const { partition, fill } = await open(database);
  await partition.commit("a", (tx) => fill(tx, 3));
  const statements: string[] = [];
  await partition.commit("a", (tx) => fill({ ...spy(tx), run: (text) => void statements.push(text) }, 3));
  assert.deepEqual(statements, []);
});

/** The same transaction, as an object whose members can be replaced. */
const spy = (tx: Tx): Tx => ({
  nextPosition: () => tx.nextPosition(),
  run: (text, params) => tx.run(text, params),
  query: (text, params) => tx.query(text, params),
  afterCommit: (fn) => tx.afterCommit(fn),
  afterFailure: (fn) => tx.afterFailure(fn),
  publish: (change) => tx.publish(change),
});

eachDatabase("what is no membership is read without the members, of small states as of large", async (database) => {
  const { partition, nodes, fill } = await open(database);
  for (const memberCount of [0, 2, 400]) {
    const root = await partition.commit("a", (tx) => {
      const sink = nodes.sink(tx);
      const named = put(sink, fill(tx, memberCount), { key: keyOf("m.room.name", ""), position: 1_000 });
      return put(sink, named, { key: keyOf("org.example.member", "@1:test"), position: 1_001 });
    });
    const cold = new StateNodes(database);
    const [found = []] = await cold.positionsBesideMembers([root]);
    assert.deepEqual(new Set(found), new Set([1_000, 1_001]));
    assert.equal(cold.size, memberCount > LEAF_LIMIT ? 2 : 1, "the root and one leaf below it");
    assert.equal((await cold.positionsIn(root)).length, memberCount + 2);
  }
});
