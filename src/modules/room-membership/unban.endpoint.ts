import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { endpoint } from "../../http/endpoint.ts";
import { badState } from "../../http/errors.ts";
import { changeMembership, requireJoined } from "./change-membership.ts";

/**
 * Lifts a ban. The user may be invited, or join, again.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidunban
 */
export const unban = ({ rooms }: { readonly rooms: Rooms }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/rooms/{roomId}/unban",
    auth: "user",
    limit: "none",
    params: Type.Object({ roomId: Type.String() }),
    body: Type.Object({ user_id: Type.String(), reason: Type.Optional(Type.String()) }),

    async handle({ params: { roomId }, body: { user_id: target, reason }, requester: { userId: sender } }) {
      await requireJoined(rooms, roomId, sender);
      const member = await rooms.read(roomId, (room) => room.state("m.room.member", target));
      if (membershipOf(member) !== "ban") throw badState("The user is not banned");
      await changeMembership(rooms, { roomId, sender, target, membership: "leave", reason });
      return {};
    },
  });
