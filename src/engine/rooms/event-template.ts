/*
 * How this works: what events look like is the same for all who may see all of them, but for a few places. A template is
 * rendered once for all, with holes in those places, and filled for each. A hole stands in the text between two NULs,
 * which JSON text never holds.
 */
import type { Membership } from "./memberships.store.ts";
import type { Viewer } from "./viewer.ts";

const MARK = "\u0000";

type HoleKind = "age" | "membership" | "transaction" | "own";

const hole = (kind: HoleKind, about: string | number): string => `${MARK}${kind}:${about}${MARK}`;

/** How long ago something was sent, in milliseconds. */
export const ageHole = (sentAt: number): string => hole("age", sentAt);

/** What the viewer was to the room in the state of that root. */
export const membershipHole = (root: string): string => hole("membership", root);

/** The transaction ID, after a comma, for the device that sent the event. */
export const transactionHole = (txnKey: string): string => hole("transaction", txnKey);

/** What the module that made the template puts in for each viewer. */
export const ownHole = (about: number): string => hole("own", about);

/** What the holes are filled with. */
export interface Filling {
  readonly viewer: Viewer;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What the viewer was to the rooms of `roots`. */
  readonly memberships: ReadonlyMap<string, Membership>;
  /** JSON text, by what `ownHole` was given. */
  readonly own: (about: number) => string;
}

type Hole =
  | { readonly kind: "age"; readonly sentAt: number }
  | { readonly kind: "membership"; readonly root: string }
  | { readonly kind: "transaction"; readonly txnKey: string; readonly member: string }
  | { readonly kind: "own"; readonly about: number };

/** JSON text with holes. */
export class EventTemplate {
  readonly #start: string;
  readonly #parts: { readonly hole: Hole; readonly after: string }[] = [];
  /** About what it takes in memory, in UTF-16 units. */
  readonly size: number;
  /** Of the states in which it is asked what the viewer was. */
  readonly roots: ReadonlySet<string>;

  constructor(text: string) {
    const [start = "", ...rest] = text.split(MARK);
    this.#start = start;
    for (let index = 0; index < rest.length; index += 2)
      this.#parts.push({ hole: parseHole(rest[index] ?? ""), after: rest[index + 1] ?? "" });
    const roots = this.#parts.map(({ hole: empty }) => (empty.kind === "membership" ? empty.root : undefined));
    this.roots = new Set(roots.filter((root) => root !== undefined));
    this.size = 2 * text.length;
  }

  filledWith({ viewer, now, memberships, own }: Filling): string {
    const prefix = ownPrefixOf(viewer);
    let text = this.#start;
    for (const { hole: empty, after } of this.#parts) {
      if (empty.kind === "age") text += now - empty.sentAt;
      else if (empty.kind === "membership") text += memberships.get(empty.root) ?? "leave";
      else if (empty.kind === "own") text += own(empty.about);
      else if (empty.txnKey.startsWith(prefix)) text += empty.member;
      text += after;
    }
    return text;
  }
}

function parseHole(text: string): Hole {
  const colon = text.indexOf(":");
  const about = text.slice(colon + 1);
  switch (text.slice(0, colon)) {
    case "age":
      return { kind: "age", sentAt: Number(about) };
    case "membership":
      return { kind: "membership", root: about };
    case "transaction":
      return { kind: "transaction", txnKey: about, member: transactionMember(about) };
    default:
      return { kind: "own", about: Number(about) };
  }
}

/** The transaction ID is told to the device that sent the event and to nobody else: how its keys begin. */
export const ownPrefixOf = ({ userId, deviceId }: Viewer): string =>
  `${JSON.stringify([userId, deviceId]).slice(0, -1)},`;

/** The member of `unsigned` with the transaction ID that a key has, after a comma. */
export function transactionMember(txnKey: string): string {
  const [, , , txnId]: readonly unknown[] = JSON.parse(txnKey);
  return typeof txnId === "string" ? `,"transaction_id":${JSON.stringify(txnId)}` : "";
}
