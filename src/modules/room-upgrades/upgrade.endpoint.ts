import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { invalidParam, notFound, unsupportedRoomVersion } from "../../http/errors.ts";
import { isUserId } from "../../protocol/ids/ids.ts";
import { roomVersion } from "../../protocol/room-versions/index.ts";
import type { Inherit } from "./inherit.ts";
import { type Needs as UpgradeNeeds, upgradeRoom } from "./upgrade-room.ts";

const CREATOR_LIMIT = 100;

export interface Needs extends UpgradeNeeds {
  readonly inherit: Inherit;
}

/**
 * Replaces a room by one of another version.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidupgrade
 */
export const postUpgradeRoom = (needs: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/rooms/{roomId}/upgrade",
    auth: "user",
    suspended: "refused",
    limit: "createRoom",
    params: Type.Object({ roomId: Type.String() }),
    body: Type.Object({
      new_version: Type.String(),
      additional_creators: Type.Optional(Type.Array(Type.String(), { maxItems: CREATOR_LIMIT })),
    }),

    async handle({ params: { roomId }, body, requester: { userId } }) {
      const rules = roomVersion(body.new_version);
      if (!rules) throw unsupportedRoomVersion(`Room version ${body.new_version} is not supported`);
      const room = await needs.rooms.get(roomId);
      if (!room) throw notFound("No room of this ID is known here");
      // Versions without additional creators pay no regard to them.
      const named = rules.creatorsHaveInfinitePower ? (body.additional_creators ?? []) : [];
      if (!named.every(isUserId)) throw invalidParam("`additional_creators` are user IDs");
      const additionalCreators = [...new Set(named)].filter((creator) => creator !== userId);
      const made = await upgradeRoom(needs, { room, userId, rules, additionalCreators });
      await needs.inherit(userId, made);
      return { replacement_room: made };
    },
  });
