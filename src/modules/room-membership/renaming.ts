import type { Visit } from "../../engine/rooms/room-tours.ts";
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
 * Repeats a changed profile, as it is then, in the membership events of rooms that the user is joined to: where it stands
 * already nothing is said. Cost: an event for each room; those of some rooms share their commits.
 * @see https://spec.matrix.org/v1.19/client-server-api/#events-on-change-of-profile-information
 */
export const renaming =
  ({ rooms, profileOf }: Needs): Visit =>
  async (userId, stops) => {
    const roomIds = stops.map(({ roomId }) => roomId);
    const memberships = await rooms.memberships.ofUserInRooms(userId, roomIds);
    const joined = roomIds.filter((roomId) => memberships.get(roomId) === "join");
    const profile = memberContent(await profileOf(userId));
    await Promise.all(joined.map(async (roomId) => await tellRoom(rooms, { roomId, userId, profile })));
  };

async function tellRoom(
  rooms: Rooms,
  { roomId, userId, profile }: { roomId: string; userId: string; profile: JsonObject },
): Promise<void> {
  try {
    await rooms.write(roomId, (writer) => {
      const current = writer.state("m.room.member", userId);
      if (!current || membershipOf(current) !== "join" || isTold(current.pdu.content, profile)) return;
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

const isTold = (content: JsonObject, profile: JsonObject): boolean =>
  ["displayname", "avatar_url"].every((name) => content[name] === profile[name]);
