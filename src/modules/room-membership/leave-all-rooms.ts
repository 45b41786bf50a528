import type { Rooms } from "../../engine/rooms/rooms.ts";
import { MatrixError } from "../../http/errors.ts";
import { changeMembership } from "./change-membership.ts";

/** Makes a user leave every room, refuse every invite and take back every knock. */
export async function leaveAllRooms(rooms: Rooms, userId: string): Promise<void> {
  for (const { roomId, membership } of await rooms.memberships.ofUser(userId)) {
    if (membership === "leave" || membership === "ban") continue;
    await changeMembership(rooms, { roomId, sender: userId, target: userId, membership: "leave" }).catch(
      (error: unknown) => {
        // A room that does not let go of the user must not keep the others.
        if (!(error instanceof MatrixError)) throw error;
      },
    );
  }
}
