import type { Room } from "../../engine/rooms/room.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { type Access, accessTo } from "../../engine/rooms/visibility.ts";
import { forbidden } from "../../http/errors.ts";

/**
 * A room, for a user who may see something of it: who was never in it sees nothing, unless the world may read it.
 * @throws MatrixError 403 `M_FORBIDDEN`, for rooms that are not known as well
 */
export async function requireSomeAccess(
  rooms: Rooms,
  roomId: string,
  userId: string,
): Promise<{ room: Room; access: Access }> {
  const room = await rooms.require(roomId);
  const access = await accessTo(rooms, room, userId);
  if (access.stateRoot === undefined) throw forbidden("You are not in this room");
  return { room, access };
}
