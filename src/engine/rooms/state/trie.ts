/*
 * The room state as a persistent trie: `put` makes a new root and shares what did not change. These functions are
 * synchronous. A node that is not in memory is reported by throwing `NodesMissing`; the caller loads it and asks again
 * (`withNodes` in nodes.ts does both).
 */
import { branch, EMPTY_ROOT, type Entry, LEAF_LIMIT, leaf, type Node } from "./node.ts";

/** These nodes must be loaded before the answer can be given. */
export class NodesMissing extends Error {
  override readonly name = "NodesMissing";
  readonly names: readonly string[];
  constructor(names: readonly string[]) {
    super("State nodes must be loaded");
    this.names = names;
  }
}

/** Nodes in memory, and where new ones go. */
export interface NodeSource {
  peek(name: string): Node | undefined;
}

export interface NodeSink extends NodeSource {
  add(node: Node, bytes: Uint8Array): void;
}

/** A difference between two states: what stands under a key on either side. */
export interface Difference {
  readonly key: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** The position of the event under a key. Cost: one node for every four bits, at most five in a room of 100,000 members. */
export function get(nodes: NodeSource, root: string, key: string): number | undefined {
  let name = root;
  for (let depth = 0; name !== EMPTY_ROOT; depth++) {
    const node = need(nodes, name);
    if (node.kind === "leaf") return node.entries.find((entry) => entry.key === key)?.position;
    name = node.children[digit(key, depth)] ?? EMPTY_ROOT;
  }
  return undefined;
}

/** Where to look for what. */
export interface Wanted {
  readonly root: string;
  readonly key: string;
}

/**
 * As `get`, for many keys of any states, in the order asked for. What is missing is reported level by level for all of
 * them, so that it is loaded with one query a level.
 */
export function getMany(nodes: NodeSource, wanted: readonly Wanted[]): (number | undefined)[] {
  const [first] = wanted;
  // One is asked for with every event that is told: it needs no accounts of many.
  if (first && wanted.length === 1) return [get(nodes, first.root, first.key)];
  const names = wanted.map(({ root }) => root);
  const found: (number | undefined)[] = wanted.map(() => undefined);
  for (let depth = 0; names.some((name) => name !== EMPTY_ROOT); depth++) {
    needAll(nodes, [...new Set(names.filter((name) => name !== EMPTY_ROOT))]);
    for (const [index, { key }] of wanted.entries()) {
      const node = peek(nodes, names[index] ?? EMPTY_ROOT);
      if (node?.kind === "leaf") found[index] = node.entries.find((entry) => entry.key === key)?.position;
      names[index] = node?.kind === "branch" ? (node.children[digit(key, depth)] ?? EMPTY_ROOT) : EMPTY_ROOT;
    }
  }
  return found;
}

/** The root of a state in which `key` stands for `position`. Everything else is as in `root`. */
export function put(nodes: NodeSink, root: string, entry: Entry): string {
  return putBelow(nodes, root, entry, 0);
}

function putBelow(nodes: NodeSink, name: string, entry: Entry, depth: number): string {
  if (name === EMPTY_ROOT) return keepLeaf(nodes, [entry]);
  const node = need(nodes, name);
  if (node.kind === "branch") {
    const index = digit(entry.key, depth);
    const child = putBelow(nodes, node.children[index] ?? EMPTY_ROOT, entry, depth + 1);
    return keepBranch(nodes, node.children.with(index, child));
  }
  const entries = [...node.entries.filter(({ key }) => key !== entry.key), entry];
  return entries.length <= LEAF_LIMIT ? keepLeaf(nodes, entries) : split(nodes, entries, depth);
}

function split(nodes: NodeSink, entries: readonly Entry[], depth: number): string {
  const children = Array.from({ length: 16 }, (_, index) => {
    const below = entries.filter(({ key }) => digit(key, depth) === index);
    if (below.length === 0) return EMPTY_ROOT;
    return below.length <= LEAF_LIMIT ? keepLeaf(nodes, below) : split(nodes, below, depth + 1);
  });
  return keepBranch(nodes, children);
}

/** All entries, in no particular order. Cost: every node. */
export function entriesOf(nodes: NodeSource, root: string): Entry[] {
  const found: Entry[] = [];
  let level = root === EMPTY_ROOT ? [] : [root];
  while (level.length > 0) {
    const loaded = needAll(nodes, level);
    level = [];
    for (const node of loaded) {
      if (node.kind === "leaf") found.push(...node.entries);
      else level.push(...node.children.filter((name) => name !== EMPTY_ROOT));
    }
  }
  return found;
}

/** What differs between two states. Cost: the nodes that they do not share. */
export function difference(nodes: NodeSource, before: string, after: string): Difference[] {
  const found: Difference[] = [];
  let pairs: (readonly [string, string])[] = [[before, after]];
  while (pairs.length > 0) {
    const unequal = pairs.filter(([left, right]) => left !== right);
    needAll(
      nodes,
      unequal.flat().filter((name) => name !== EMPTY_ROOT),
    );
    pairs = unequal.flatMap(([left, right]) => differencesBelow(nodes, left, right, found));
  }
  return found;
}

/** Compares two nodes of the same depth: entries go to `found`, pairs of children are given back. */
function differencesBelow(nodes: NodeSource, left: string, right: string, found: Difference[]): [string, string][] {
  const [a, b] = [peek(nodes, left), peek(nodes, right)];
  if (a?.kind === "branch" && b?.kind === "branch") {
    return a.children.map((name, index) => [name, b.children[index] ?? EMPTY_ROOT]);
  }
  const before = new Map(below(nodes, a).map((entry) => [entry.key, entry.position]));
  const after = new Map(below(nodes, b).map((entry) => [entry.key, entry.position]));
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(key) !== after.get(key)) found.push({ key, before: before.get(key), after: after.get(key) });
  }
  return [];
}

const below = (nodes: NodeSource, node: Node | undefined): readonly Entry[] => {
  if (!node) return [];
  return node.kind === "leaf" ? node.entries : entriesOf(nodes, node.name);
};

const peek = (nodes: NodeSource, name: string): Node | undefined =>
  name === EMPTY_ROOT ? undefined : need(nodes, name);

const digit = (key: string, depth: number): number => Number.parseInt(key.charAt(depth), 16);

function keepLeaf(nodes: NodeSink, entries: readonly Entry[]): string {
  const { node, bytes } = leaf(entries);
  nodes.add(node, bytes);
  return node.name;
}

function keepBranch(nodes: NodeSink, children: readonly string[]): string {
  const { node, bytes } = branch(children);
  nodes.add(node, bytes);
  return node.name;
}

function need(nodes: NodeSource, name: string): Node {
  const node = nodes.peek(name);
  if (!node) throw new NodesMissing([name]);
  return node;
}

/** All missing nodes of a level are reported together, so that they are loaded with one query. */
function needAll(nodes: NodeSource, names: readonly string[]): Node[] {
  const loaded = names.map((name) => nodes.peek(name));
  const missing = names.filter((_, index) => !loaded[index]);
  if (missing.length > 0) throw new NodesMissing(missing);
  return loaded.filter((node) => node !== undefined);
}
