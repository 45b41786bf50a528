import type { Room } from "../../engine/rooms/room.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { type Access, accessTo, visibleEvents } from "../../engine/rooms/visibility.ts";
import { notFound } from "../../http/errors.ts";

interface Asked {
  readonly roomId: string;
  readonly eventId: string;
  readonly userId: string;
}

/**
 * An event in its room, for a user who may see it.
 * @throws MatrixError `M_NOT_FOUND`, the same for events that do not exist and those that the user may not see.
 */
export async function requireVisibleEvent(
  rooms: Rooms,
  { roomId, eventId, userId }: Asked,
): Promise<{ room: Room; access: Access; event: StoredEvent }> {
  const room = await rooms.get(roomId);
  const event = room && (await rooms.events.byId(eventId));
  if (room && event?.roomId === roomId && event.verdict === "accepted") {
    const access = await accessTo(rooms, room, userId);
    // Of the time after the departure nothing is shown, though users learn from sync what became of their membership.
    const isAfter = event.position > access.until;
    const [visible] = isAfter ? [] : await visibleEvents(rooms, access, [event]);
    if (visible) return { room, access, event: visible };
  }
  throw notFound("There is no such event, or you may not see it");
}
