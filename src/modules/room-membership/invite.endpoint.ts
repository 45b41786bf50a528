import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import { badJson, missingParam, threepidDenied } from "../../http/errors.ts";
import { changeMembership, requireJoined } from "./change-membership.ts";
import { checkInvitee, type LocalServer } from "./invitee.ts";
import { memberContent, type ProfileOf } from "./member-content.ts";

interface Needs extends LocalServer {
  readonly rooms: Rooms;
  readonly profileOf: ProfileOf;
}

/**
 * Invites a user. (Invites by email or telephone number need an identity server.)
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidinvite
 */
export const inviteUser = ({ rooms, profileOf, serverName }: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/rooms/{roomId}/invite",
    auth: "user",
    suspended: "refused",
    limit: "invite",
    params: Type.Object({ roomId: Type.String() }),
    body: Type.Object({
      user_id: Type.Optional(Type.String()),
      reason: Type.Optional(Type.String()),
      medium: Type.Optional(Type.String()),
      address: Type.Optional(Type.String()),
    }),

    async handle({ params: { roomId }, body, requester }) {
      if (body.medium !== undefined || body.address !== undefined) {
        throw threepidDenied("This server cannot invite by email address or telephone number");
      }
      if (body.user_id === undefined) throw missingParam("`user_id` is missing");
      if (body.user_id === "") throw badJson("`user_id` is empty");
      checkInvitee({ serverName }, body.user_id);
      await requireJoined(rooms, roomId, requester.userId);
      const target = body.user_id;
      const content = memberContent(await profileOf(target));
      await changeMembership(rooms, {
        roomId,
        sender: requester.userId,
        target,
        membership: "invite",
        reason: body.reason,
        content,
      });
      return {};
    },
  });
