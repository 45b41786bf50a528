import { Type } from "typebox";
import { parseRoomAlias } from "../../protocol/ids/ids.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import { endpoint, type Requester } from "../../http/endpoint.ts";
import { forbidden, invalidParam, notFound } from "../../http/errors.ts";
import type { Aliases } from "./aliases.ts";
import { forgetAlias } from "./forget-alias.ts";
import { mayNameRoom } from "./may-name-room.ts";

const path = "/_matrix/client/v3/directory/room/{roomAlias}";
const params = Type.Object({ roomAlias: Type.String() });

interface Needs {
  readonly aliases: Aliases;
  readonly rooms: Rooms;
  readonly serverName: string;
}

/**
 * The room that an alias points to.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3directoryroomroomalias
 */
export const getRoomIdByAlias = ({ aliases, serverName }: Needs) =>
  endpoint({
    method: "GET",
    path,
    auth: "none",
    limit: "reading",
    params,

    async handle({ params: { roomAlias } }) {
      requireAlias(roomAlias);
      const record = await aliases.byAlias(roomAlias);
      if (!record) throw notFound(`${roomAlias} is not known`);
      return { room_id: record.roomId, servers: [serverName] };
    },
  });

/**
 * Lets an alias point to a room.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3directoryroomroomalias
 */
export const setRoomAlias = ({ aliases, rooms, serverName }: Needs) =>
  endpoint({
    method: "PUT",
    path,
    auth: "user",
    suspended: "refused",
    limit: "none",
    params,
    body: Type.Object({ room_id: Type.String() }),

    async handle({ params: { roomAlias }, body, requester: { userId } }) {
      const parsed = requireAlias(roomAlias);
      if (parsed.serverName !== serverName) throw invalidParam(`Aliases of this server end in :${serverName}`);
      const room = await rooms.get(body.room_id);
      if (!room) throw notFound("The room is not known");
      const member = await rooms.read(room.roomId, (current) => current.state("m.room.member", userId));
      if (membershipOf(member) !== "join") throw forbidden("You are not in this room");
      await aliases.add({ alias: roomAlias, roomId: body.room_id, creator: userId });
      return {};
    },
  });

/**
 * Takes an alias away: its maker may, and who may change the room's canonical alias, and administrators.
 * @see https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3directoryroomroomalias
 */
export const deleteRoomAlias = ({ aliases, rooms }: Needs) =>
  endpoint({
    method: "DELETE",
    path,
    auth: "user",
    suspended: "refused",
    limit: "none",
    params,

    async handle({ params: { roomAlias }, requester }) {
      requireAlias(roomAlias);
      const record = await aliases.byAlias(roomAlias);
      if (!record) throw notFound(`${roomAlias} is not known`);
      const isAllowed =
        requester.isAdmin ||
        record.creator === requester.userId ||
        (await mayNameKnownRoom(rooms, record.roomId, requester));
      if (!isAllowed) throw forbidden("You did not make this alias, and may not change the room's canonical alias");
      await aliases.remove(roomAlias);
      await forgetAlias(rooms, { roomId: record.roomId, alias: roomAlias, userId: requester.userId });
      return {};
    },
  });

async function mayNameKnownRoom(rooms: Rooms, roomId: string, { userId }: Requester): Promise<boolean> {
  if (!(await rooms.get(roomId))) return false;
  return await rooms.read(roomId, (room) => mayNameRoom(room, userId));
}

function requireAlias(text: string): { serverName: string } {
  const alias = parseRoomAlias(text);
  if (!alias) throw invalidParam(`${text} is no room alias`);
  return alias;
}
