import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";
import { changeMembership } from "./change-membership.ts";
import { memberContent, type ProfileOf } from "./member-content.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly profileOf: ProfileOf;
  readonly resolveRoom: (roomIdOrAlias: string) => Promise<string>;
}

/**
 * Asks to be let into a room.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3knockroomidoralias
 */
export const knockRoom = ({ rooms, profileOf, resolveRoom }: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/knock/{roomIdOrAlias}",
    auth: "user",
    suspended: "refused",
    limit: "join",
    params: Type.Object({ roomIdOrAlias: Type.String() }),
    body: Type.Optional(Type.Object({ reason: Type.Optional(Type.String()) })),

    async handle({ params: { roomIdOrAlias }, body, requester: { userId } }) {
      const roomId = await resolveRoom(roomIdOrAlias);
      if (!(await rooms.get(roomId))) throw notFound("No room of this ID is known here");
      const content = memberContent(await profileOf(userId));
      await changeMembership(rooms, {
        roomId,
        sender: userId,
        target: userId,
        membership: "knock",
        reason: body?.reason,
        content,
      });
      return { room_id: roomId };
    },
  });
