import { isUserId } from "../../protocol/ids/ids.ts";
import { invalidParam } from "../../http/errors.ts";
import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import { AnotherUser } from "./another-user.ts";
import { changeMembership, requireJoined } from "./change-membership.ts";

/**
 * Bans a user, who is made to leave if need be.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidban
 */
export const ban = ({ rooms }: { readonly rooms: Rooms }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/rooms/{roomId}/ban",
    auth: "user",
    suspended: "refused",
    limit: "none",
    params: Type.Object({ roomId: Type.String() }),
    body: AnotherUser,

    async handle({ params: { roomId }, body: { user_id: target, reason }, requester: { userId: sender } }) {
      if (!isUserId(target)) throw invalidParam("`user_id` is no user ID");
      await requireJoined(rooms, roomId, sender);
      await changeMembership(rooms, { roomId, sender, target, membership: "ban", reason });
      return {};
    },
  });
