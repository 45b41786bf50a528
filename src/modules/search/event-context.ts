import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { accessTo } from "../../engine/rooms/visibility.ts";
import { formatTimelineToken } from "../../engine/streams/timeline-token.ts";
import { timelinePage } from "../getting-events/index.ts";

/** What was said around a result. */
export interface EventContext {
  /** The closest first. */
  readonly before: readonly StoredEvent[];
  readonly after: readonly StoredEvent[];
  /** Tokens for going on before and after it. */
  readonly start: string;
  readonly end: string;
}

/** How much of it is wanted. */
export interface ContextSize {
  readonly before: number;
  readonly after: number;
}

interface Wanted {
  /** One that the user may see. */
  readonly event: StoredEvent;
  readonly size: ContextSize;
  readonly keeps: (event: StoredEvent) => boolean;
}

/** The context of an event, or `undefined` when its room is gone. */
export async function contextOf(
  rooms: Rooms,
  userId: string,
  { event, size, keeps }: Wanted,
): Promise<EventContext | undefined> {
  const room = await rooms.get(event.roomId);
  if (!room) return undefined;
  const access = await accessTo(rooms, room, userId);
  const { ordering = 0 } = event;
  const wanted = { room, access, to: undefined, keeps };
  const before = await timelinePage(rooms, { ...wanted, direction: "b", from: ordering, limit: size.before });
  const after = await timelinePage(rooms, { ...wanted, direction: "f", from: ordering + 1, limit: size.after });
  const last = after.events.at(-1) ?? event;
  return {
    before: before.events,
    after: after.events,
    start: formatTimelineToken({ before: before.next ?? before.events.at(-1)?.ordering ?? ordering }),
    end: formatTimelineToken({ before: (last.ordering ?? 0) + 1 }),
  };
}
