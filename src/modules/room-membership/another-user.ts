import { Type } from "typebox";
import type { Membership } from "../../engine/rooms/memberships.store.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { requireJoined } from "./change-membership.ts";

/** The body of a request that changes what somebody else is to a room. */
export const AnotherUser = Type.Object({ user_id: Type.String(), reason: Type.Optional(Type.String()) });

/**
 * What another user is to a room.
 * @throws MatrixError `M_FORBIDDEN` when the sender is not joined.
 */
export async function membershipOfAnother(
  rooms: Rooms,
  { roomId, sender, target }: { readonly roomId: string; readonly sender: string; readonly target: string },
): Promise<Membership> {
  await requireJoined(rooms, roomId, sender);
  return membershipOf(await rooms.read(roomId, (room) => room.state("m.room.member", target)));
}
