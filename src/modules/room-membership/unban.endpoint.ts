import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import { badState } from "../../http/errors.ts";
import { AnotherUser, membershipOfAnother } from "./another-user.ts";
import { changeMembership } from "./change-membership.ts";

/**
 * Lifts a ban. The user may be invited, or join, again.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidunban
 */
export const unban = ({ rooms }: { readonly rooms: Rooms }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/rooms/{roomId}/unban",
    auth: "user",
    suspended: "refused",
    limit: "none",
    params: Type.Object({ roomId: Type.String() }),
    body: AnotherUser,

    async handle({ params: { roomId }, body: { user_id: target, reason }, requester: { userId: sender } }) {
      if ((await membershipOfAnother(rooms, { roomId, sender, target })) !== "ban")
        throw badState("The user is not banned");
      await changeMembership(rooms, { roomId, sender, target, membership: "leave", reason });
      return {};
    },
  });
