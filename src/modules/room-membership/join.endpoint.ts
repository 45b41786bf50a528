import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { join } from "./join.ts";
import type { ProfileOf } from "./member-content.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly profileOf: ProfileOf;
  /** Called when somebody has joined, before that is answered. */
  readonly onJoined: (userId: string, roomId: string) => Promise<void>;
  /** The room of an alias, or the ID itself. Throws `M_NOT_FOUND` for an alias that nobody knows. */
  readonly resolveRoom: (roomIdOrAlias: string) => Promise<string>;
}

const body = Type.Optional(
  Type.Unsafe<JoinBody>(
    Type.Object({ reason: Type.Optional(Type.String()), third_party_signed: Type.Optional(Type.Object({})) }),
  ),
);

/** What may be asked of a join, and further members, which go into the membership event. */
type JoinBody = JsonObject & { readonly reason?: string; readonly third_party_signed?: JsonObject };

/**
 * Joins a room by its ID.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidjoin
 */
export const joinRoomById = (needs: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/rooms/{roomId}/join",
    auth: "user-or-guest",
    suspended: "refused",
    limit: "join",
    params: Type.Object({ roomId: Type.String() }),
    body,

    async handle({ params: { roomId }, body: given, requester }) {
      await join(needs, { roomId, requester, ...wishesOf(given) });
      return { room_id: roomId };
    },
  });

/**
 * Joins a room by its ID or an alias.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3joinroomidoralias
 */
export const joinRoom = (needs: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/join/{roomIdOrAlias}",
    auth: "user-or-guest",
    suspended: "refused",
    limit: "join",
    params: Type.Object({ roomIdOrAlias: Type.String() }),
    body,

    async handle({ params: { roomIdOrAlias }, body: given, requester }) {
      const roomId = await needs.resolveRoom(roomIdOrAlias);
      await join(needs, { roomId, requester, ...wishesOf(given) });
      return { room_id: roomId };
    },
  });

/**
 * The text knows two members of the request. Whatever else is there becomes content of the membership event, as other servers
 * have it: clients use it for names of this room alone.
 */
function wishesOf({ reason, third_party_signed: thirdPartySigned, ...content }: JoinBody = {}) {
  return { reason, thirdPartySigned, content };
}
