import type { RoomVersionRules } from "../../protocol/room-versions/rules.ts";
import type { Tx } from "../partitions/tx.ts";
import type { MemberCounts } from "./room.ts";
import type { StoredEvent } from "./stored-event.ts";

/** The room as a follower sees it: with the event in hand taken in. */
export interface FollowedRoom {
  readonly roomId: string;
  readonly nid: number;
  readonly rules: RoomVersionRules;
  /** Whether the room directory shows it. */
  readonly isPublished: boolean;
  /** How many are joined and invited, by what is durable; `undefined` until somebody counted (`Rooms.memberCounts`). */
  readonly memberCounts: MemberCounts | undefined;
  /** An event of the state. May throw to have it loaded: then all of the unit of work is done again. */
  state(type: string, stateKey: string): StoredEvent | undefined;
}

/**
 * What a module keeps beside the events, written in the very transaction that brings them. It may be called again for
 * the same event when the unit of work is done again: memory is to be changed in `tx.afterCommit` alone.
 */
export interface RoomFollower {
  /** An event is taken into the timeline. */
  onAppended?(tx: Tx, event: StoredEvent, room: FollowedRoom): void;
  /**
   * An event loses its content to a redaction: `target` still has it, the room's state has it no more. Called before
   * `onAppended` of the redaction.
   */
  onRedacted?(tx: Tx, target: StoredEvent, redaction: StoredEvent, room: FollowedRoom): void;
}
