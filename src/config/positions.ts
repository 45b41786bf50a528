import { isMap, isNode, isScalar, isSeq, type LineCounter, type Node, type Pair } from "yaml";

/** A place in the file, both from 1. */
export type Position = { readonly line: number; readonly column: number };

/**
 * Where `path` stands in the document: the key itself, or its value. A path that leads nowhere gives the nearest
 * enclosing node, which is where a missing key should have been.
 */
export function positionOf(
  root: Node | null,
  path: readonly string[],
  about: "key" | "value",
  lines: LineCounter,
): Position {
  let node: unknown = root;
  let key: unknown = undefined;
  for (const part of path) {
    const pair = isMap(node) ? node.items.find((item) => keyOf(item) === part) : undefined;
    const next = pair === undefined && isSeq(node) ? node.items[Number(part)] : pair?.value;
    if (pair === undefined && !isNode(next)) break;
    key = pair?.key;
    // A key without a value (`port:`) has a node of its own in some files and none in others.
    node = isNode(next) ? next : pair?.key;
  }
  return start(about === "key" && isNode(key) ? key : node, lines);
}

function keyOf(pair: Pair): string | undefined {
  return isScalar(pair.key) ? String(pair.key.value) : undefined;
}

function start(node: unknown, lines: LineCounter): Position {
  const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
