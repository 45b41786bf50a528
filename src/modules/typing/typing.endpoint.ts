import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden } from "../../http/errors.ts";
import type { TypingUsers } from "./typing-users.ts";

const DEFAULT_MS = 30_000;

/**
 * Says that the user types, or has stopped.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidtypinguserid
 */
export const setTyping = ({ rooms, typing }: { readonly rooms: Rooms; readonly typing: TypingUsers }) =>
  endpoint({
    method: "PUT",
    path: "/_matrix/client/v3/rooms/{roomId}/typing/{userId}",
    auth: "user",
    suspended: "refused",
    limit: "writing",
    params: Type.Object({ roomId: Type.String(), userId: Type.String() }),
    body: Type.Object({ typing: Type.Boolean(), timeout: Type.Optional(Type.Integer({ minimum: 0 })) }),

    async handle({ params: { roomId, userId }, body, requester }) {
      if (userId !== requester.userId) throw forbidden("You cannot type for somebody else");
      const member = await rooms.read(roomId, (room) => room.state("m.room.member", userId));
      if (membershipOf(member) !== "join") throw forbidden("You are not in this room");
      typing.set(roomId, userId, body.typing ? (body.timeout ?? DEFAULT_MS) : 0);
      return {};
    },
  });
