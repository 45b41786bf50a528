import type { Room } from "../../engine/rooms/room.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { type Access, visibleEvents } from "../../engine/rooms/visibility.ts";
import type { Sql } from "../../store/sql.ts";
import { childPositions } from "./relations.store.ts";

/** How often more is read when what was found may not be seen. */
const ROUNDS = 5;

interface Needs {
  readonly rooms: Rooms;
  readonly sql: Sql;
}

interface Wanted {
  readonly room: Room;
  readonly access: Access;
  readonly parent: StoredEvent;
  readonly relType: string | undefined;
  readonly eventType: string | undefined;
  /** How many steps away from the parent; 1 for its own children alone. */
  readonly depth: number;
  readonly direction: "b" | "f";
  /** Points of the timeline to start from and to stop at; its ends unless given. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly limit: number;
  /** Whose events are left out. */
  readonly ignored: ReadonlySet<string>;
}

interface Page {
  readonly events: readonly StoredEvent[];
  /** The point of the timeline to go on from; `undefined` at the end. */
  readonly next: number | undefined;
}

/** Up to `limit` children (at least 1) that the user may see, from a point of the timeline in one direction. */
export async function childrenPage({ rooms, sql }: Needs, wanted: Wanted): Promise<Page> {
  const { access, limit, direction, ignored } = wanted;
  let stretch = stretchOf(wanted);
  const kept: StoredEvent[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // One more than wanted tells whether there is a next page.
    const positions = await childPositions(sql, { ...queryOf(wanted), ...stretch, limit: limit + 1 });
    const read = await rooms.events.byPositions(positions.slice(0, limit));
    const isAll = positions.length <= limit;
    for (const event of await visibleEvents(rooms, access, read)) {
      if (ignored.has(event.pdu.sender) && event.stateKey === undefined) continue;
      kept.push(event);
      const isEnd = isAll && event === read.at(-1);
      if (kept.length === limit) return { events: kept, next: isEnd ? undefined : pointBehind(event, direction) };
    }
    const last = read.at(-1);
    if (isAll || !last) return { events: kept, next: undefined };
    stretch = { ...stretch, [direction === "b" ? "end" : "first"]: pointBehind(last, direction) };
  }
  return { events: kept, next: direction === "b" ? stretch.end : stretch.first };
}

const queryOf = ({ parent, relType, eventType, depth, direction }: Wanted) => ({
  roomNid: parent.roomNid,
  parentId: parent.eventId,
  relType,
  eventType,
  depth,
  direction,
});

function stretchOf({ direction, from, to, room, access }: Wanted): { first: number; end: number } {
  const behindAll = Math.min(access.until, room.lastPosition) + 1;
  const [early, late] = direction === "b" ? [to, from] : [from, to];
  return { first: early ?? Number.MIN_SAFE_INTEGER, end: Math.min(late ?? behindAll, behindAll) };
}

/** The point of the timeline behind an event, in the direction of reading. */
const pointBehind = ({ ordering = 0 }: StoredEvent, direction: "b" | "f"): number =>
  direction === "b" ? ordering : ordering + 1;
