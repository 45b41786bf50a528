import type { Rooms } from "../../engine/rooms/rooms.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { MatrixError } from "../../http/errors.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { memberContent, type ProfileOf } from "./member-content.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly profileOf: ProfileOf;
}

/**
 * Repeats a changed profile in the membership events of the rooms that the user is joined to. Cost: an event for each
 * room; those of all rooms share their commits.
 */
export async function tellRoomsProfile({ rooms, profileOf }: Needs, userId: string): Promise<void> {
  const profile = memberContent(await profileOf(userId));
  const memberships = await rooms.memberships.ofUser(userId);
  const joined = memberships.filter((record) => record.membership === "join");
  await Promise.all(joined.map(async ({ roomId }) => await tellRoom(rooms, { roomId, userId, profile })));
}

async function tellRoom(
  rooms: Rooms,
  { roomId, userId, profile }: { roomId: string; userId: string; profile: JsonObject },
): Promise<void> {
  try {
    await rooms.write(roomId, (writer) => {
      const current = writer.state("m.room.member", userId);
      if (!current || membershipOf(current) !== "join") return;
      // How the user came in (an invite, an authorising member) is not said again.
      writer.append({
        type: "m.room.member",
        sender: userId,
        stateKey: userId,
        content: { membership: "join", ...profile },
      });
    });
  } catch (error) {
    // A room that refuses the new name must not keep it from the others.
    if (!(error instanceof MatrixError)) throw error;
  }
}
