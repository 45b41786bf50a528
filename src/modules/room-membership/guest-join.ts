import { guestsMayJoin } from "../../engine/rooms/guest-access.ts";
import type { RoomWriter } from "../../engine/rooms/room-writer.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import type { Requester } from "../../http/endpoint.ts";
import { guestAccessForbidden } from "../../http/errors.ts";

/**
 * A guest comes in only where the room says so. Asked within the unit of work that joins, lest guests be forbidden in
 * between and the one who comes then stay.
 * @throws MatrixError `M_GUEST_ACCESS_FORBIDDEN`
 */
export function checkGuestJoin(
  room: Pick<RoomWriter, "state">,
  { userId, isGuest }: Pick<Requester, "userId" | "isGuest">,
): void {
  if (!isGuest || guestsMayJoin(room)) return;
  if (membershipOf(room.state("m.room.member", userId)) === "join") return;
  throw guestAccessForbidden("Guests may not join this room");
}
