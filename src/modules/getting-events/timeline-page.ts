import type { Room } from "../../engine/rooms/room.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { type Access, visibleEvents } from "../../engine/rooms/visibility.ts";

/** How often more is read when the filter or the visibility drops what was found. */
const ROUNDS = 5;

interface Page {
  readonly events: readonly StoredEvent[];
  /**
   * The point of the timeline behind the last event read; `undefined` when there was nothing any more. Deviates: after the
   * last events a page is empty and says so, as other servers have it, where the text would have it said with the events.
   */
  readonly next: number | undefined;
}

interface Wanted {
  readonly room: Room;
  readonly access: Access;
  readonly direction: "b" | "f";
  /** Points between events: the one to start from, and the one to stop at. */
  readonly from: number;
  readonly to: number | undefined;
  readonly limit: number;
  readonly keeps: (event: StoredEvent) => boolean;
}

/** Up to `limit` events that the user may see, from a point of the timeline in one direction, in the order of reading. */
export async function timelinePage(rooms: Rooms, wanted: Wanted): Promise<Page> {
  const { access, limit, keeps, direction } = wanted;
  if (limit === 0) return { events: [], next: wanted.from };
  const kept: StoredEvent[] = [];
  let at = wanted.from;
  for (let round = 0; round < ROUNDS; round++) {
    const read = await readFrom(rooms, wanted, at);
    for (const event of await visibleEvents(rooms, access, read)) {
      if (!keeps(event)) continue;
      kept.push(event);
      if (kept.length === limit) return { events: kept, next: pointBehind(event, direction) };
    }
    const last = read.at(-1);
    at = last ? pointBehind(last, direction) : at;
    if (!last || read.length < limit) return { events: kept, next: kept.length === 0 ? undefined : at };
  }
  return { events: kept, next: at };
}

async function readFrom(
  rooms: Rooms,
  { room, direction, to, limit, access }: Wanted,
  at: number,
): Promise<StoredEvent[]> {
  const roomNid = room.nid;
  if (direction === "b") {
    const before = Math.min(at, Math.min(access.until, room.lastPosition) + 1);
    return await rooms.events.backwards({ roomNid, from: to ?? 0, to: before, limit });
  }
  return await rooms.events.forwards({ roomNid, from: at, to: to ?? room.lastPosition + 1, limit });
}

const pointBehind = (event: StoredEvent, direction: "b" | "f"): number =>
  direction === "b" ? (event.ordering ?? 0) : (event.ordering ?? 0) + 1;
