import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";

/** The membership events of those who speak in a page, as of its newest event. */
export async function membersSpeaking(rooms: Rooms, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
  const newest = events.reduce<StoredEvent | undefined>((a, b) => (a && a.position > b.position ? a : b), undefined);
  if (!newest) return [];
  const senders = [...new Set(events.map((event) => event.pdu.sender))];
  return await rooms.stateEvents(
    newest.stateAfter,
    senders.map((sender) => ["m.room.member", sender]),
  );
}
