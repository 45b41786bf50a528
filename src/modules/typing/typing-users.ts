import type { Clock } from "../../clock.ts";

/** A client that says "typing" for longer is believed this long. */
const LONGEST_MS = 120_000;
/** Rooms in which somebody types; beyond that, those whose typing ended longest ago are dropped. */
const ROOM_LIMIT = 50_000;

interface Needs {
  readonly clock: Clock;
  /** Called when it changed who types in a room. */
  readonly changed: (roomId: string) => void;
}

/** Who types where. Never stored: it is over in a moment. */
export class TypingUsers implements Disposable {
  readonly #needs: Needs;
  /** User to the time (ms since the epoch) until which the user types, by room. */
  readonly #rooms = new Map<string, Map<string, number>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Who types in a room now. */
  in(roomId: string): string[] {
    const now = this.#needs.clock.now();
    return [...(this.#rooms.get(roomId) ?? [])].filter(([, until]) => until > now).map(([userId]) => userId);
  }

  /** Says that a user types for so long; 0: stopped. */
  set(roomId: string, userId: string, forMs: number): void {
    const users = this.#rooms.get(roomId) ?? new Map<string, number>();
    const wasTyping = users.has(userId);
    if (forMs > 0) {
      users.set(userId, this.#needs.clock.now() + Math.min(forMs, LONGEST_MS));
      if (this.#rooms.size < ROOM_LIMIT) this.#rooms.set(roomId, users);
    } else this.#remove(roomId, users, userId);
    if (wasTyping !== forMs > 0) this.#needs.changed(roomId);
    this.#schedule();
  }

  /** The user is not in the room any more. */
  leave(roomId: string, userId: string): void {
    if (this.#rooms.get(roomId)?.has(userId)) this.set(roomId, userId, 0);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #remove(roomId: string, users: Map<string, number>, userId: string): void {
    users.delete(userId);
    if (users.size === 0) this.#rooms.delete(roomId);
  }

  /** One timer for all: it wakes when the first of them ends. */
  #schedule(): void {
    clearTimeout(this.#timer);
    const ends = [...this.#rooms.values()].flatMap((users) => [...users.values()]);
    if (ends.length === 0) return;
    const next = ends.reduce((first, end) => Math.min(first, end));
    this.#timer = setTimeout(() => this.#expire(), Math.max(0, next - this.#needs.clock.now()) + 1);
    this.#timer.unref();
  }

  #expire(): void {
    const now = this.#needs.clock.now();
    for (const [roomId, users] of this.#rooms) {
      const ended = [...users].filter(([, until]) => until <= now);
      for (const [userId] of ended) this.#remove(roomId, users, userId);
      if (ended.length > 0) this.#needs.changed(roomId);
    }
    this.#schedule();
  }
}
