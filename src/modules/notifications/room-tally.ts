import type { CountingRules } from "./counting-rules.ts";
import type { NotifyingRow } from "./notifying.store.ts";

/** Rows of a room in memory, about 100 bytes each: so many are kept, and up to twice as many for a while. */
const REMEMBERED_ROWS = 128;

/** Members of a room who count by the same rules, other than the default ones. */
export interface CustomisedMembers {
  readonly rules: CountingRules;
  readonly userIds: Set<string>;
}

/** What a room in memory knows of its notifying events: the last rows, and who counts by other rules. */
export class RoomTally {
  readonly roomNid: number;
  /** All rows of events after this position are here. */
  after: number;
  /** Another one whenever something changes that rows after `after` do not tell. */
  generation: number;
  /** By rule set. */
  readonly customised = new Map<string, CustomisedMembers>();
  /** By user. */
  readonly #rulesOf = new Map<string, CountingRules>();
  /** In the order of their positions. */
  #rows: NotifyingRow[] = [];

  constructor(roomNid: number, after: number, generation: number) {
    this.roomNid = roomNid;
    this.after = after;
    this.generation = generation;
  }

  /** In the order of their positions. */
  get rows(): readonly NotifyingRow[] {
    return this.#rows;
  }

  /** Whether an event counts something for somebody; also when that is not known any more. */
  mayCount(position: number): boolean {
    if (position <= this.after) return true;
    return this.#rows.findLast((row) => row.position <= position)?.position === position;
  }

  /** The rules of a member who has other than the default ones. */
  rulesOf(userId: string): CountingRules | undefined {
    return this.#rulesOf.get(userId);
  }

  add(rows: readonly NotifyingRow[]): void {
    this.#rows.push(...rows);
    if (this.#rows.length <= 2 * REMEMBERED_ROWS) return;
    const kept = this.#rows[this.#rows.length - REMEMBERED_ROWS];
    // An event is forgotten with all of its rows.
    this.forgetUpTo((kept?.position ?? 1) - 1);
  }

  /** Lets an event count nothing any more. */
  silence(position: number, generation: number): void {
    this.generation = generation;
    this.#rows = this.#rows.map((row) => (row.position === position ? { ...row, notify: 0, highlight: 0 } : row));
  }

  forgetUpTo(position: number): void {
    this.after = Math.max(this.after, position);
    this.#rows = this.#rows.filter((row) => row.position > position);
  }

  /** Has a member count by other rules from now on; `undefined`: by the default ones. */
  setRules(userId: string, rules: CountingRules | undefined): void {
    const before = this.#rulesOf.get(userId);
    const members = before && this.customised.get(before.id);
    members?.userIds.delete(userId);
    if (before && members?.userIds.size === 0) this.customised.delete(before.id);
    this.#rulesOf.delete(userId);
    if (!rules) return;
    this.#rulesOf.set(userId, rules);
    this.customised.getOrInsertComputed(rules.id, () => ({ rules, userIds: new Set() })).userIds.add(userId);
  }
}
