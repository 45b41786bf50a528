import { withErasure } from "../../engine/rooms/erasures.ts";
import type { Visit } from "../../engine/rooms/room-tours.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { MatrixError } from "../../http/errors.ts";
import { changeMembership } from "./change-membership.ts";

/**
 * What a deactivated user does in the rooms: leaves, refuses invites, takes back knocks; and hides the messages, where that
 * was asked for. Also in rooms that were left before, where messages stand as well.
 */
export const departure =
  (rooms: Rooms): Visit =>
  async (userId, stops, detail) => {
    const roomIds = stops.map(({ roomId }) => roomId);
    const memberships = await rooms.memberships.ofUserInRooms(userId, roomIds);
    await Promise.all(
      roomIds.map(async (roomId) => {
        const membership = memberships.get(roomId);
        if (membership !== "leave" && membership !== "ban") await leave(rooms, roomId, userId);
        const room = detail === withErasure ? await rooms.get(roomId) : undefined;
        if (room) await rooms.erasures.record(room, userId);
      }),
    );
  };

async function leave(rooms: Rooms, roomId: string, userId: string): Promise<void> {
  try {
    await changeMembership(rooms, { roomId, sender: userId, target: userId, membership: "leave" });
  } catch (error) {
    // A room that does not let go of the user must not keep the others.
    if (!(error instanceof MatrixError)) throw error;
  }
}
