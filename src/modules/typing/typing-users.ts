import type { Clock } from "../../clock.ts";

/** A client that says "typing" for longer is believed this long. */
const LONGEST_MS = 120_000;
/** Rooms in which somebody types; beyond that, who begins to type in another is not told. */
const ROOM_LIMIT = 50_000;
/** All who type are looked at no more often than this: so late is told at most that somebody types no more. */
const PAUSE_MS = 100;

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
  /** One timer for all: it wakes when the first of them ends. Who stops before leaves it as it is. */
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Number.POSITIVE_INFINITY;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Who types in a room now. */
  in(roomId: string): string[] {
    const now = this.#needs.clock.now();
    return [...(this.#rooms.get(roomId) ?? [])].filter(([, until]) => until > now).map(([userId]) => userId);
  }

  /** Says that a user types for so long; 0: stopped. The cost is the same however many type. */
  set(roomId: string, userId: string, forMs: number): void {
    const users = this.#rooms.get(roomId) ?? new Map<string, number>();
    const wasTyping = users.has(userId);
    if (forMs > 0) {
      if (users.size === 0 && this.#rooms.size >= ROOM_LIMIT) return;
      const until = this.#needs.clock.now() + Math.min(forMs, LONGEST_MS);
      this.#rooms.set(roomId, users.set(userId, until));
      this.#wakeAt(until);
    } else this.#remove(roomId, users, userId);
    if (wasTyping !== forMs > 0) this.#needs.changed(roomId);
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

  #wakeAt(time: number): void {
    if (time >= this.#wakesAt) return;
    clearTimeout(this.#timer);
    this.#wakesAt = time;
    this.#timer = setTimeout(() => this.#expire(), Math.max(PAUSE_MS, time - this.#needs.clock.now() + 1));
    this.#timer.unref();
  }

  #expire(): void {
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const now = this.#needs.clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [roomId, users] of this.#rooms) {
      const ended = [...users].filter(([, until]) => until <= now);
      for (const [userId] of ended) this.#remove(roomId, users, userId);
      for (const until of users.values()) next = Math.min(next, until);
      if (ended.length > 0) this.#needs.changed(roomId);
    }
    this.#wakeAt(next);
  }
}
