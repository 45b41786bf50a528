import type { Change } from "./change.ts";

/** What a partition made durable in one group, in the order of its log. */
export interface Announcement {
  readonly partition: number;
  /** Where the partition's log stands now: nothing at or below it will appear later. */
  readonly position: number;
  readonly changes: readonly Change[];
}

/**
 * Tells what was committed. Carries nothing durable: a lost announcement costs a delay, never data, since the positions
 * in the database are the truth.
 */
export interface Bus {
  publish(announcement: Announcement): void;
  /** Listeners run in the order in which they subscribed and must not throw. Gives back the way to unsubscribe. */
  subscribe(listener: (announcement: Announcement) => void): () => void;
}
