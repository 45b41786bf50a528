import type { EventDraft } from "../../engine/rooms/room-writer.ts";
import { invalidParam } from "../../http/errors.ts";

/**
 * Refuses a tombstone that sends the members of a room back into the same room: it names the room that comes after. Clients
 * that follow it would go in a circle. Tombstones that are no state are looked at too.
 * @see https://spec.matrix.org/v1.19/client-server-api/#mroomtombstone
 * @throws MatrixError 400 `M_INVALID_PARAM`
 */
export function checkTombstone(roomId: string, { type, content }: Pick<EventDraft, "type" | "content">): void {
  if (type === "m.room.tombstone" && content["replacement_room"] === roomId)
    throw invalidParam("A room cannot take its own place: `replacement_room` is another one");
}
