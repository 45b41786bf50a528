import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { branch, EMPTY_ROOT, type Entry, keyOf, LEAF_LIMIT, leaf, type Node, parseNode } from "./node.ts";
import { type Difference, difference, entriesOf, get, getMany, type NodeSink, NodesMissing, put } from "./trie.ts";

/** Nodes in memory, which count how they are used. */
class Memory implements NodeSink {
  readonly nodes = new Map<string, Node>();
  peeks = 0;
  bytesAdded = 0;

  peek(name: string): Node | undefined {
    this.peeks++;
    return this.nodes.get(name);
  }

  add(node: Node, bytes: Uint8Array): void {
    if (this.nodes.has(node.name)) return;
    this.nodes.set(node.name, node);
    this.bytesAdded += bytes.length + node.name.length;
  }
}

type State = ReadonlyMap<string, number>;

const rootOf = (nodes: Memory, state: Iterable<readonly [string, number]>): string =>
  [...state].reduce((root, [key, position]) => put(nodes, root, { key, position }), EMPTY_ROOT);

const asMap = (entries: readonly Entry[]): State => new Map(entries.map(({ key, position }) => [key, position]));

const byKey = (a: Difference, b: Difference): number => (a.key < b.key ? -1 : 1);

const isMissing = (names: readonly string[]) => (error: unknown) => {
  assert.ok(error instanceof NodesMissing);
  assert.deepEqual(error.names, names);
  return true;
};

/** Keys that share many leading digits, so that leaves are split again and again, beside others that share none. */
const keys = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map((number) => keyOf("m.room.member", `@${number}:test`)),
  fc.integer({ min: 0, max: 255 }).map((number) => number.toString(16).padStart(32, "0")),
);
const states = fc.array(fc.tuple(keys, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })), { maxLength: 120 });

test("a state holds under every key what was put there last, as a map does", () => {
  fc.assert(
    fc.property(states, keys, (puts, other) => {
      const nodes = new Memory();
      const root = rootOf(nodes, puts);
      const expected: State = new Map(puts);
      assert.deepEqual(asMap(entriesOf(nodes, root)), new Map(expected));
      assert.equal(entriesOf(nodes, root).length, expected.size);
      for (const key of [...expected.keys(), other]) assert.equal(get(nodes, root, key), expected.get(key));
    }),
    { numRuns: 60 },
  );
});

test("many keys of several states are found as each of them alone", () => {
  fc.assert(
    fc.property(states, states, fc.array(keys, { maxLength: 20 }), (one, other, wanted) => {
      const nodes = new Memory();
      const roots = [rootOf(nodes, one), rootOf(nodes, other), EMPTY_ROOT];
      const asked = roots.flatMap((root) => wanted.map((key) => ({ root, key })));
      const expected = asked.map(({ root, key }) => get(nodes, root, key));
      assert.deepEqual(getMany(nodes, asked), expected);
    }),
    { numRuns: 40 },
  );
});

test("equal states have equal roots, whichever way they came about", () => {
  const shuffledPuts = states.chain((puts) =>
    fc.tuple(fc.constant(puts), fc.shuffledSubarray([...new Map(puts)], { minLength: new Map(puts).size })),
  );
  fc.assert(
    fc.property(shuffledPuts, ([puts, others]) => {
      const nodes = new Memory();
      assert.equal(rootOf(nodes, puts), rootOf(nodes, others));
    }),
    { numRuns: 60 },
  );
});

test("different states have different roots", () => {
  fc.assert(
    fc.property(states, states, (a, b) => {
      const nodes = new Memory();
      const areEqual = difference(nodes, rootOf(nodes, a), rootOf(nodes, b)).length === 0;
      assert.equal(rootOf(nodes, a) === rootOf(nodes, b), areEqual);
    }),
    { numRuns: 40 },
  );
});

test("a put leaves earlier states as they were", () => {
  const nodes = new Memory();
  const earlier = rootOf(nodes, [[keyOf("m.room.name", ""), 1]]);
  const later = put(nodes, earlier, { key: keyOf("m.room.name", ""), position: 2 });
  assert.equal(get(nodes, earlier, keyOf("m.room.name", "")), 1);
  assert.equal(get(nodes, later, keyOf("m.room.name", "")), 2);
});

test("the difference of two states is what a comparison of maps finds", () => {
  fc.assert(
    fc.property(states, states, states, (common, onlyBefore, onlyAfter) => {
      const nodes = new Memory();
      const [before, after] = [new Map([...common, ...onlyBefore]), new Map([...common, ...onlyAfter])];
      const expected = [...new Set([...before.keys(), ...after.keys()])]
        .map((key) => ({ key, before: before.get(key), after: after.get(key) }))
        .filter((change) => change.before !== change.after);
      const found = difference(nodes, rootOf(nodes, before), rootOf(nodes, after));
      assert.deepEqual(found.toSorted(byKey), expected.toSorted(byKey));
    }),
    { numRuns: 60 },
  );
});

test("nodes come back from their bytes as they were", () => {
  fc.assert(
    fc.property(fc.uniqueArray(keys, { minLength: 1, maxLength: LEAF_LIMIT }), (some) => {
      const { node, bytes } = leaf(some.map((key, position) => ({ key, position })));
      assert.deepEqual(parseNode(node.name, bytes), node);
    }),
    { numRuns: 40 },
  );
  const child = "0123456789abcdef".repeat(2);
  const { node, bytes } = branch(Array.from({ length: 16 }, (_, index) => (index % 3 === 0 ? child : EMPTY_ROOT)));
  assert.deepEqual(parseNode(node.name, bytes), node);
});

test("type and state key cannot be told apart wrongly", () => {
  assert.notEqual(keyOf("a", "bc"), keyOf("ab", "c"));
  assert.notEqual(keyOf('a","b', ""), keyOf("a", 'b",""'));
});

test("a missing node is named; of a whole level all that are missing", () => {
  const nodes = new Memory();
  const root = rootOf(
    nodes,
    Array.from({ length: 100 }, (_, number) => [keyOf("m.room.member", `@${number}:test`), number + 1]),
  );
  const top = nodes.nodes.get(root);
  assert.ok(top?.kind === "branch");
  const partial = { peek: (name: string) => (name === root ? top : undefined) };
  const firstDigit = Number.parseInt(keyOf("m.room.member", "@1:test").charAt(0), 16);
  assert.throws(
    () => get(partial, root, keyOf("m.room.member", "@1:test")),
    isMissing([top.children[firstDigit] ?? ""]),
  );
  assert.throws(() => entriesOf(partial, root), isMissing(top.children.filter((name) => name !== "")));
});

suite("in a room of 100,000 members", () => {
  const size = 100_000;
  const nodes = new Memory();
  const root = largeState(nodes, size);
  test("a change in a state of 100,000 entries writes less than 2 KiB", () => {
    nodes.bytesAdded = 0;
    const after = put(nodes, root, { key: keyOf("m.room.member", "@7:test"), position: size + 1 });
    assert.notEqual(after, root);
    assert.ok(nodes.bytesAdded > 0 && nodes.bytesAdded < 2048, `${nodes.bytesAdded} bytes`);
  });

  test("an entry of 100,000 is found with at most six nodes", () => {
    nodes.peeks = 0;
    assert.equal(get(nodes, root, keyOf("m.room.member", "@7:test")), 8);
    assert.ok(nodes.peeks <= 6, `${nodes.peeks} nodes`);
  });

  test("the difference of two large states costs the nodes that they do not share", () => {
    const after = [11, 12, 13].reduce(
      (state, number) => put(nodes, state, { key: keyOf("m.room.member", `@${number}:test`), position: size + number }),
      root,
    );
    nodes.peeks = 0;
    const found = difference(nodes, root, after);
    assert.deepEqual(
      found.map((change) => [change.before, change.after]).toSorted(([a = 0], [b = 0]) => a - b),
      [11, 12, 13].map((number) => [number + 1, size + number]),
    );
    assert.ok(nodes.peeks < 100, `${nodes.peeks} nodes looked at`);
    nodes.peeks = 0;
    assert.deepEqual(difference(nodes, root, root), []);
    assert.equal(nodes.peeks, 0);
  });
});

/** Made from the bottom, since 100,000 puts would take seconds. */
function largeState(nodes: Memory, size: number): string {
  const entries = Array.from({ length: size }, (_, number) => ({
    key: keyOf("m.room.member", `@${number}:test`),
    position: number + 1,
  }));
  return build(nodes, entries, 0);
}

function build(nodes: Memory, entries: readonly Entry[], depth: number): string {
  if (entries.length === 0) return EMPTY_ROOT;
  const isLeaf = entries.length <= LEAF_LIMIT;
  const { node, bytes } = isLeaf ? leaf(entries) : branch(childrenOf(nodes, entries, depth));
  nodes.add(node, bytes);
  return node.name;
}

function childrenOf(nodes: Memory, entries: readonly Entry[], depth: number): string[] {
  const byDigit = Array.from({ length: 16 }, (): Entry[] => []);
  for (const entry of entries) byDigit[Number.parseInt(entry.key.charAt(depth), 16)]?.push(entry);
  return byDigit.map((below) => build(nodes, below, depth + 1));
}
