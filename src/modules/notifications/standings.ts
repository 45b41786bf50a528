import { boundedCache } from "../../bounded-cache.ts";
import type { Sql } from "../../store/sql.ts";
import { membersOf, type NotifiedMember } from "./members.store.ts";
import type { ReadUpTo } from "../receipts/index.ts";

/** About 300 bytes each, more for those with many threads. */
const REMEMBERED = 100_000;

/** A room, by its two names. */
export interface Place {
  readonly roomId: string;
  readonly nid: number;
}

/** What is counted in a thread, by the thread. */
export type ThreadCounts = ReadonlyMap<string, { readonly notify: number; readonly highlight: number }>;

/** What was counted before. */
export interface Base {
  readonly counts: ThreadCounts;
  /** Of the tally, when it was counted. */
  readonly generation: number;
  /** All up to this position is counted. */
  readonly upTo: number;
  /** Whom the user ignored then. */
  readonly ignored: ReadonlySet<string>;
}

/** Where a member stands in a room. */
export interface Standing extends NotifiedMember {
  readUpTo: ReadUpTo | undefined;
  base: Base | undefined;
}

/** Where members stand in rooms: a cache over the database. */
export class Standings {
  readonly #sql: Sql;
  readonly #known = boundedCache<string, Standing>(REMEMBERED);
  /** How often something became outdated. */
  #changeCount = 0;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  get changeCount(): number {
    return this.#changeCount;
  }

  /** By room ID, for rooms that the user is in; one query for all that are not in memory. */
  async get(userId: string, places: readonly Place[]): Promise<Map<string, Standing>> {
    const found = new Map<string, Standing>();
    const missing = new Map<number, string>();
    for (const { roomId, nid } of places) {
      const standing = this.#known.get(keyOf(userId, roomId));
      if (standing) found.set(roomId, standing);
      else missing.set(nid, roomId);
    }
    if (missing.size === 0) return found;
    const changeCount = this.#changeCount;
    for (const member of await membersOf(this.#sql, userId, [...missing.keys()])) {
      const roomId = missing.get(member.roomNid) ?? "";
      const standing: Standing = { ...member, readUpTo: undefined, base: undefined };
      // What changed meanwhile may be in what was read or not: it is used once, and not kept.
      if (changeCount === this.#changeCount) this.#known.set(keyOf(userId, roomId), standing);
      found.set(roomId, standing);
    }
    return found;
  }

  /** Forgets where a user stands in a room, since that changed. */
  forget(userId: string, roomId: string): void {
    this.#changeCount++;
    this.#known.delete(keyOf(userId, roomId));
  }
}

const keyOf = (userId: string, roomId: string): string => `${roomId} ${userId}`;
