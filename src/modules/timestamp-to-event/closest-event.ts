import type { Room } from "../../engine/rooms/room.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { type Access, visibleEvents } from "../../engine/rooms/visibility.ts";

/** Most users may see the first event that is found; others are looked at by so many at once. */
const FIRST_ROUND = 10;
const ROUND = 250;
/** How often more is read when the user may see none of what was found. */
const ROUNDS = 8;

interface Search {
  readonly room: Room;
  readonly access: Access;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly direction: "b" | "f";
}

/**
 * The event closest to a time that the user may see; one of that very millisecond comes first. `undefined` when there is
 * none, or none among the 1,760 closest.
 */
export async function closestEvent(
  rooms: Rooms,
  { room, access, time, direction }: Search,
): Promise<StoredEvent | undefined> {
  const until = Math.min(access.until, room.lastPosition);
  // No position: all events of the millisecond itself lie ahead.
  let from = { time, position: direction === "f" ? 0 : Number.MAX_SAFE_INTEGER };
  for (let round = 0; round < ROUNDS; round++) {
    const limit = round === 0 ? FIRST_ROUND : ROUND;
    const found = await rooms.events.byTime(direction, { roomNid: room.nid, ...from, until, limit });
    const [visible] = await visibleEvents(rooms, access, found);
    const last = found.at(-1);
    if (visible || !last || found.length < limit) return visible;
    from = { time: last.pdu.origin_server_ts, position: last.position };
  }
  return undefined;
}
