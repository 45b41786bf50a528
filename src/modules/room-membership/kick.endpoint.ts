import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden } from "../../http/errors.ts";
import { AnotherUser, membershipOfAnother } from "./another-user.ts";
import { changeMembership } from "./change-membership.ts";

/**
 * Makes another user leave, or takes back an invite.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidkick
 */
export const kick = ({ rooms }: { readonly rooms: Rooms }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/rooms/{roomId}/kick",
    auth: "user",
    suspended: "refused",
    limit: "none",
    params: Type.Object({ roomId: Type.String() }),
    body: AnotherUser,

    async handle({ params: { roomId }, body: { user_id: target, reason }, requester: { userId: sender } }) {
      const membership = await membershipOfAnother(rooms, { roomId, sender, target });
      if (membership === "leave" || membership === "ban") throw forbidden("The user is not in this room");
      await changeMembership(rooms, { roomId, sender, target, membership: "leave", reason });
      return {};
    },
  });
