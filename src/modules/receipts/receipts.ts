import type { Change } from "../../bus/change.ts";
import type { Clock } from "../../clock.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { MAIN_THREAD } from "../../engine/rooms/thread.ts";
import { Turns } from "../../engine/turns.ts";
import type { Users } from "../../engine/users/users.ts";
import type { Sql } from "../../store/sql.ts";
import {
  deleteReceipts,
  listChanged,
  listMarks,
  moveReceipt,
  type Receipt,
  type ThreadMark,
} from "./receipts.store.ts";

/** So many rows are read at once: a few milliseconds. */
const ROWS_AT_ONCE = 2_000;
/** Of a room, at most so many receipts of others are told; when there are many rooms fewer, but never fewer than the least. */
const MOST_PER_ROOM = 500;
const LEAST_PER_ROOM = 50;

/**
 * Published when a receipt moved forward, with the receipt itself, so that nobody has to look it up. A private one is
 * told to its owner alone (`userId`).
 */
export interface ReceiptChange extends Change {
  readonly kind: "receipt";
  readonly roomId: string;
  /** Who has read. */
  readonly reader: string;
  readonly receipt: Receipt;
}

/** Whether a receipt moved. */
export const isReceiptChange = (change: Change): change is ReceiptChange => change.kind === "receipt";

/** How far a user has read a room. Numbers are places in its timeline (`StoredEvent.ordering`, for what came live its position). */
export interface ReadUpTo {
  /** Whatever the thread. */
  readonly unthreaded: number;
  /** In the main thread. */
  readonly main: number;
  /** In other threads, by the event ID of their root. */
  readonly threads: ReadonlyMap<string, number>;
}

/** What others ask about receipts. */
export interface Receipts {
  /** How far the user has read, as positions of events (0: nothing): over both kinds, the newer wins. */
  readUpTo(userId: string, roomId: string): Promise<ReadUpTo>;
  /** The same for several rooms, with one query. Every room asked for has an entry. */
  readUpToIn(userId: string, roomIds: readonly string[]): Promise<ReadonlyMap<string, ReadUpTo>>;
  /**
   * Receipts that the user may see and that changed after a position, the latest change last: the user's own, and of
   * each room the newest of others. After a position long ago, or 0, not all of a large room: see the limits above.
   */
  changedIn(userId: string, roomIds: readonly string[], after: number): Promise<readonly Receipt[]>;
}

/** A receipt on its way in. */
export interface NewReceipt extends Pick<Receipt, "userId" | "type" | "threadId" | "eventId"> {
  /** Place of the event in the room's timeline. */
  readonly ordering: number;
}

/** The receipts of all rooms, which go with the accounts of their owners. */
export interface ReceiptBook extends Receipts {
  /** Moves receipts of a room forward, in one commit; those that stand there or further on already stay. */
  move(room: { readonly roomId: string; readonly nid: number }, receipts: readonly NewReceipt[]): Promise<void>;
}

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly users: Pick<Users, "accounts">;
  readonly clock: Clock;
}

/** The receipts in the database. Those of an account that is deactivated are deleted. */
export function createReceipts({ sql, partitions, users, clock }: Needs): ReceiptBook {
  users.accounts.onDeactivation(deleteReceipts);

  async function readUpToIn(userId: string, roomIds: readonly string[]): Promise<ReadonlyMap<string, ReadUpTo>> {
    const marks = Map.groupBy(await listMarks(sql, userId, roomIds), ({ roomId }) => roomId);
    return new Map(roomIds.map((roomId) => [roomId, toReadUpTo(marks.get(roomId) ?? [])]));
  }

  return {
    readUpToIn,
    readUpTo: async (userId, roomId) => (await readUpToIn(userId, [roomId])).get(roomId) ?? toReadUpTo([]),

    async changedIn(userId, roomIds, after) {
      const evenly = Math.floor(ROWS_AT_ONCE / Math.max(1, roomIds.length));
      const perRoom = Math.min(MOST_PER_ROOM, Math.max(LEAST_PER_ROOM, evenly));
      const roomsAtOnce = Math.floor(ROWS_AT_ONCE / perRoom);
      const found: Receipt[] = [];
      const turns = new Turns();
      for (let start = 0; start < roomIds.length; start += roomsAtOnce) {
        await turns.next();
        const some = roomIds.slice(start, start + roomsAtOnce);
        found.push(...(await listChanged(sql, { userId, roomIds: some, after, perRoom, own: ROWS_AT_ONCE })));
      }
      return found;
    },

    async move({ roomId, nid }, receipts) {
      const ts = clock.now();
      await partitions.of(roomId).commit(roomId, (tx) => {
        for (const { ordering, ...receipt } of receipts)
          moveIn(tx, { ...receipt, roomId, ts }, { roomNid: nid, ordering });
      });
    },
  };
}

/** Whether it moved is known when it is durable, and told only then. */
function moveIn(tx: Tx, receipt: Receipt, { roomNid, ordering }: { roomNid: number; ordering: number }): void {
  const position = tx.nextPosition();
  const moved = moveReceipt(tx, receipt, { roomNid, ordering, position });
  const { roomId, userId: reader, type } = receipt;
  const owner = type === "m.read.private" ? { userId: reader } : {};
  const change: ReceiptChange = { kind: "receipt", position, roomId, reader, receipt, ...owner };
  tx.afterCommit(() => {
    if (moved.changes > 0) tx.publish(change);
  });
}

function toReadUpTo(marks: readonly ThreadMark[]): ReadUpTo {
  const byThread = new Map(marks.map(({ threadId, ordering }) => [threadId, ordering]));
  const take = (threadId: string): number => {
    const ordering = byThread.get(threadId) ?? 0;
    byThread.delete(threadId);
    return ordering;
  };
  return { unthreaded: take(""), main: take(MAIN_THREAD), threads: byThread };
}
