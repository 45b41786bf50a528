import type { Room } from "../../engine/rooms/room.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { type Access, accessTo } from "../../engine/rooms/visibility.ts";
import { forbidden } from "../../http/errors.ts";

/** The state of a room that a user may read: the current one for members, that of the departure for those who left. */
export interface ReadableState {
  readonly room: Room;
  readonly access: Access;
  readonly root: string;
}

/** @throws MatrixError `M_FORBIDDEN` when the user may see nothing of the room. */
export async function readableState(rooms: Rooms, roomId: string, userId: string): Promise<ReadableState> {
  const room = await rooms.require(roomId);
  const access = await accessTo(rooms, room, userId);
  if (access.stateRoot === undefined) throw forbidden("You are not in this room");
  return { room, access, root: access.stateRoot };
}
