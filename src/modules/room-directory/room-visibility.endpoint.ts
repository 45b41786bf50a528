import { Type } from "typebox";
import { isRoomId } from "../../protocol/ids/ids.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden, notFound } from "../../http/errors.ts";
import type { Sql } from "../../store/sql.ts";
import { mayNameRoom } from "../room-aliases/index.ts";
import { addToDirectory } from "./directory-follower.ts";
import { deletePublished, readVisibility } from "./published-rooms.store.ts";

const path = "/_matrix/client/v3/directory/list/room/{roomId}";
const params = Type.Object({ roomId: Type.String() });

/** `public` rooms are listed. Says nothing about who may join or read. */
export const Visibility = Type.Union([Type.Literal("private"), Type.Literal("public")]);

/**
 * Whether the room directory shows a room.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3directorylistroomroomid
 */
export const getRoomVisibility = ({ sql }: { readonly sql: Sql }) =>
  endpoint({
    method: "GET",
    path,
    auth: "none",
    limit: "reading",
    params,

    async handle({ params: { roomId } }) {
      const isPublished = isRoomId(roomId) ? await readVisibility(sql, roomId) : undefined;
      if (isPublished === undefined) throw notFound("The room is not known");
      return { visibility: isPublished ? "public" : "private" };
    },
  });

/**
 * Has the room directory show a room, or no more. Who may decide that is up to the server: here the members who may
 * change the room's canonical alias, and administrators.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3directorylistroomroomid
 */
export const setRoomVisibility = ({ rooms }: { readonly rooms: Rooms }) =>
  endpoint({
    method: "PUT",
    path,
    auth: "user",
    suspended: "refused",
    limit: "none",
    params,
    body: Type.Object({ visibility: Type.Optional(Visibility) }),

    async handle({ params: { roomId }, body: { visibility = "public" }, requester: { userId, isAdmin } }) {
      if (!(await rooms.get(roomId))) throw notFound("The room is not known");
      const isPublished = visibility === "public";
      await rooms.write(roomId, (writer, tx) => {
        if (!isAdmin && !mayNameRoom(writer, userId))
          throw forbidden("Only members who may change the room's canonical alias decide whether it is listed");
        if (writer.isPublished === isPublished) return;
        writer.setPublished(isPublished);
        if (isPublished) addToDirectory(tx, writer);
        else deletePublished(tx, writer.nid);
      });
      return {};
    },
  });
