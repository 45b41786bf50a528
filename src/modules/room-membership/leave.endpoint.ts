import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden } from "../../http/errors.ts";
import type { CheckRefusal } from "./check-refusal.ts";
import { changeMembership } from "./change-membership.ts";

/**
 * Leaves a room, refuses an invite, or takes back a knock.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidleave
 */
export const leaveRoom = ({ rooms, checkRefusal }: { readonly rooms: Rooms; readonly checkRefusal: CheckRefusal }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/rooms/{roomId}/leave",
    auth: "user-or-guest",
    limit: "writing",
    params: Type.Object({ roomId: Type.String() }),
    body: Type.Optional(Type.Object({ reason: Type.Optional(Type.String()) })),

    async handle({ params: { roomId }, body, requester: { userId } }) {
      const member = await rooms.read(roomId, (room) => room.state("m.room.member", userId));
      if (!member || membershipOf(member) === "ban") throw forbidden("You are not in this room");
      if (membershipOf(member) === "invite") await checkRefusal(userId, roomId);
      await changeMembership(rooms, {
        roomId,
        sender: userId,
        target: userId,
        membership: "leave",
        reason: body?.reason,
      });
      return {};
    },
  });
