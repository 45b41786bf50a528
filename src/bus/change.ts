/**
 * Something that clients may follow. Published once it is durable (or, for what is never stored, such as typing, at
 * once). Modules name their own kinds; `engine/rooms` publishes `event`.
 */
export interface Change {
  readonly kind: string;
  /** Where the partition's log stands with it; 0 for what is never stored. */
  readonly position: number;
  /** The room that it concerns, if any. Without `userId` every member of the room follows it. */
  readonly roomId?: string;
  /** The one user that it concerns. */
  readonly userId?: string;
}
