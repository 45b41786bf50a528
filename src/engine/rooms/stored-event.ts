import type { RoomEvent } from "../../protocol/events/pdu.ts";

/**
 * What becomes of an event: it stands in the timeline (`accepted`), is kept but not shown (`soft-failed`), is kept and
 * not followed (`rejected`), or waits for what it needs (`deferred`).
 */
export type EventVerdict = "accepted" | "soft-failed" | "rejected" | "deferred";

export const VERDICTS: readonly EventVerdict[] = ["accepted", "soft-failed", "rejected", "deferred"];

/** An event as the server keeps it. */
export interface StoredEvent extends RoomEvent {
  /** Where it stands in the log of its partition: its number in this server. */
  readonly position: number;
  readonly roomNid: number;
  /** Place in the room's timeline; `undefined` for outliers. */
  readonly ordering: number | undefined;
  readonly verdict: EventVerdict;
  /** Roots of the state trie before and after the event. */
  readonly stateBefore: string;
  readonly stateAfter: string;
  /** Root of the room's current state once the event was taken in. */
  readonly roomState: string;
  /** Positions of the room's forward extremities then. */
  readonly heads: readonly number[];
  /** Position of the state event that it replaced; 0 if none. */
  readonly replaces: number;
  /** Position of the redaction that was applied to it; 0 if none. */
  readonly redactedBy: number;
  /** `user|device|request|transaction` of the request that made it; `undefined` when it came otherwise. */
  readonly txnKey: string | undefined;
}
