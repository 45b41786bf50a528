import type { Change } from "../../bus/change.ts";
import { isEventChange } from "../../engine/rooms/event-change.ts";

/** Who came to share rooms with a user. */
interface Joins {
  /** Rooms that the user joined: their IDs, and their numbers in the database. */
  readonly rooms: ReadonlyMap<string, number>;
  /** Others who joined the user's rooms (or have another name there). */
  readonly users: ReadonlySet<string>;
}

/** Finds joins among the changes that concern a user. */
export function joinsIn(changes: readonly Change[], userId: string): Joins {
  const rooms = new Map<string, number>();
  const users = new Set<string>();
  for (const change of changes) {
    if (!isEventChange(change) || change.event.pdu.type !== "m.room.member") continue;
    if (change.event.pdu.content["membership"] !== "join") continue;
    const { stateKey, roomNid } = change.event;
    if (stateKey === userId) rooms.set(change.roomId, roomNid);
    else if (stateKey !== undefined) users.add(stateKey);
  }
  return { rooms, users };
}
