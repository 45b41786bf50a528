/*
 * The nodes of the state trie. A leaf holds up to LEAF_LIMIT entries (the hash of type and state key, the position of the
 * event); a branch holds up to 16 children by the next four bits of that hash. A node is named by the hash of its
 * bytes, so equal states share every node, whichever way they came about.
 *
 * Bytes of a leaf: 0, then entries of 16 + 8 bytes, sorted. Bytes of a branch: 1, two bytes that say which children
 * are there, then their names, 16 bytes each.
 */
import { hash } from "node:crypto";

export const LEAF_LIMIT = 8;
const NAME_BYTES = 16;
const POSITION_BYTES = 8;
const ENTRY_BYTES = NAME_BYTES + POSITION_BYTES;

/** An entry: `key` is 32 hexadecimal digits, `position` that of the state event. */
export interface Entry {
  readonly key: string;
  readonly position: number;
}

export interface Leaf {
  readonly kind: "leaf";
  readonly name: string;
  /** Sorted by key. */
  readonly entries: readonly Entry[];
}

export interface Branch {
  readonly kind: "branch";
  readonly name: string;
  /** 16 names; `""` where there is no child. */
  readonly children: readonly string[];
}

export type Node = Leaf | Branch;

/** The state of a room before anything was set. */
export const EMPTY_ROOT = "";

/** How the keys of everything but memberships begin: so all of it lies below one child of the root. */
export const BESIDE_MEMBERS = "0";

/**
 * Under which key an entry of the room state lies: 124 bits of a hash, so that nobody can make two of them meet, behind a
 * digit that keeps the many members apart from the little else that a room's state holds.
 */
export function keyOf(type: string, stateKey: string): string {
  const digits = hash("sha256", JSON.stringify([type, stateKey]), "hex");
  const first =
    type === "m.room.member" ? (1 + (Number.parseInt(digits.slice(-4), 16) % 15)).toString(16) : BESIDE_MEMBERS;
  return first + digits.slice(0, NAME_BYTES * 2 - 1);
}

export function leaf(entries: readonly Entry[]): { node: Leaf; bytes: Uint8Array } {
  const sorted = entries.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const bytes = Buffer.alloc(1 + sorted.length * ENTRY_BYTES);
  for (const [index, entry] of sorted.entries()) {
    const at = 1 + index * ENTRY_BYTES;
    bytes.write(entry.key, at, "hex");
    bytes.writeBigUInt64BE(BigInt(entry.position), at + NAME_BYTES);
  }
  return { node: { kind: "leaf", name: nameOf(bytes), entries: sorted }, bytes };
}

export function branch(children: readonly string[]): { node: Branch; bytes: Uint8Array } {
  const present = children.filter((name) => name !== "");
  const bytes = Buffer.alloc(3 + present.length * NAME_BYTES);
  bytes[0] = 1;
  bytes.writeUInt16BE(
    children.reduce((bits, name, index) => (name === "" ? bits : bits | (1 << index)), 0),
    1,
  );
  for (const [index, name] of present.entries()) bytes.write(name, 3 + index * NAME_BYTES, "hex");
  return { node: { kind: "branch", name: nameOf(bytes), children }, bytes };
}

/** Reads the bytes of a stored node. */
export function parseNode(name: string, bytes: Uint8Array): Node {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer[0] === 0 ? parseLeaf(name, buffer) : parseBranch(name, buffer);
}

function parseLeaf(name: string, buffer: Buffer): Leaf {
  const entries: Entry[] = [];
  for (let at = 1; at < buffer.length; at += ENTRY_BYTES) {
    entries.push({
      key: buffer.toString("hex", at, at + NAME_BYTES),
      position: Number(buffer.readBigUInt64BE(at + NAME_BYTES)),
    });
  }
  return { kind: "leaf", name, entries };
}

function parseBranch(name: string, buffer: Buffer): Branch {
  const bits = buffer.readUInt16BE(1);
  const children: string[] = [];
  let at = 3;
  for (let index = 0; index < 16; index++) {
    if (bits & (1 << index)) {
      children.push(buffer.toString("hex", at, at + NAME_BYTES));
      at += NAME_BYTES;
    } else children.push("");
  }
  return { kind: "branch", name, children };
}

function nameOf(bytes: Uint8Array): string {
  return hash("sha256", bytes, "hex").slice(0, NAME_BYTES * 2);
}
