import type { Change } from "../../bus/change.ts";
import { Waiters } from "../../waiters.ts";
import type { SyncToken } from "./sync-token.ts";

const REMEMBERED_CHANGES = 512;

/** A change that is never stored, with its place among those. */
interface EphemeralChange {
  readonly serial: number;
  readonly change: Change;
}

/**
 * What changed lately for one user, and who waits for it. Bounded: when it is asked for what lies before its memory it
 * says that it does not know, and the answer comes from the database.
 */
export class Feed {
  readonly userId: string;
  /** Rooms that the user is joined to, kept as the membership events come, until the feed is dropped. */
  readonly rooms = new Set<string>();
  /** How often a membership of the user changed since the feed is here. */
  membershipChangeCount = 0;
  /** Milliseconds since the epoch. */
  lastUsedAt: number;
  /** All stored changes after this position are here. `Infinity` until the feed is complete. */
  #since = Number.POSITIVE_INFINITY;
  #ephemeralSince = 0;
  #newestSerial = 0;
  #changes: Change[] = [];
  #ephemerals: EphemeralChange[] = [];
  /** By kind, for kinds of which only the latest change matters. */
  readonly #latest = new Map<string, EphemeralChange>();
  readonly #waiters = new Waiters();

  constructor(userId: string, now: number) {
    this.userId = userId;
    this.lastUsedAt = now;
  }

  get isWaitedFor(): boolean {
    return this.#waiters.count > 0;
  }

  get isComplete(): boolean {
    return this.#since !== Number.POSITIVE_INFINITY;
  }

  /** From now on, everything after these positions is known. */
  completeFrom(token: SyncToken): void {
    this.#since = token.position;
    this.#ephemeralSince = token.ephemeral;
  }

  add(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length < 2 * REMEMBERED_CHANGES) return;
    const dropped = this.#changes.splice(0, REMEMBERED_CHANGES);
    this.#since = Math.max(this.#since, dropped.at(-1)?.position ?? 0);
  }

  addEphemeral(serial: number, change: Change): void {
    this.#newestSerial = serial;
    this.#ephemerals.push({ serial, change });
    if (this.#ephemerals.length < 2 * REMEMBERED_CHANGES) return;
    const dropped = this.#ephemerals.splice(0, REMEMBERED_CHANGES);
    this.#ephemeralSince = dropped.at(-1)?.serial ?? this.#ephemeralSince;
  }

  /** Takes the place of the earlier change of its kind: for what is told as it is by then, whatever changed in between. */
  addLatest(serial: number, change: Change): void {
    this.#newestSerial = serial;
    this.#latest.set(change.kind, { serial, change });
  }

  /** What changed after a token; `undefined` when that is not known any more. Cost: the number of those changes. */
  changesSince(token: SyncToken): readonly Change[] | undefined {
    if (token.position < this.#since || token.ephemeral < this.#ephemeralSince) return undefined;
    const stored = lastWhile(this.#changes, (change) => change.position > token.position);
    if (this.#newestSerial <= token.ephemeral) return stored;
    const isNew = ({ serial }: EphemeralChange): boolean => serial > token.ephemeral;
    const ephemeral = [...lastWhile(this.#ephemerals, isNew), ...this.#latest.values().filter(isNew)];
    return [...stored, ...ephemeral.map(({ change }) => change)];
  }

  wake(): void {
    this.#waiters.wake();
  }

  /** Resolves at the next change, after `timeoutMs`, or when `signal` aborts. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    await this.#waiters.wait(timeoutMs, signal);
  }
}

function lastWhile<T>(items: readonly T[], holds: (item: T) => boolean): readonly T[] {
  let start = items.length;
  for (let item = items[start - 1]; item !== undefined && holds(item); item = items[start - 1]) start--;
  return items.slice(start);
}
