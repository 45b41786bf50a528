/** Changes that are remembered at most; twice as many for a moment. */
const REMEMBERED_CHANGES = 1_000;

/** A change of a user's device list, as it concerns all who share a room with the user. */
export interface RecentChange {
  readonly position: number;
  readonly userId: string;
  /** The rooms that the user was joined to; `undefined` while they are being looked up. */
  rooms: ReadonlySet<string> | undefined;
  /** The user came or went before the rooms were looked up: those of before are among them, and others may be. */
  isVague: boolean;
  /** Resolves when `rooms` is there, or the change was forgotten. */
  isReady: Promise<void>;
}

/** The last changes of device lists, in the order of the log: what makes a sync ask no database. */
export class RecentChanges {
  #changes: RecentChange[] = [];
  /** All changes after this position are here. */
  #start: number;

  constructor(start: number) {
    this.#start = start;
  }

  /** Whether all changes after a position are known. */
  knowsSince(position: number): boolean {
    return position >= this.#start;
  }

  add(change: RecentChange): void {
    this.#changes.push(change);
    if (this.#changes.length < 2 * REMEMBERED_CHANGES) return;
    const dropped = this.#changes.splice(0, REMEMBERED_CHANGES);
    this.#start = Math.max(this.#start, dropped.at(-1)?.position ?? 0);
  }

  /** Forgets a change that cannot be told from here, with all before it. */
  forgetUpTo(position: number): void {
    this.#start = Math.max(this.#start, position);
    this.#changes = this.#changes.filter((change) => change.position > position);
  }

  /** The changes after a position, the last one first. */
  *since(position: number): Generator<RecentChange> {
    for (let at = this.#changes.length - 1; at >= 0; at--) {
      const change = this.#changes[at];
      if (!change || change.position <= position) return;
      yield change;
    }
  }
}
