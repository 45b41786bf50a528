import { Type } from "typebox";
import type { Clock } from "../../clock.ts";
import { renderPages } from "../../engine/rooms/client-event.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import { commaSeparated, jsonStream } from "../../http/json-stream.ts";
import { readableState } from "./readable-state.ts";

/**
 * The whole state of a room.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidstate
 */
export const getRoomState = ({ rooms, clock }: { readonly rooms: Rooms; readonly clock: Clock }) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/rooms/{roomId}/state",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({ roomId: Type.String() }),

    async handle({ params: { roomId }, requester }) {
      const { root } = await readableState(rooms, roomId, requester.userId);
      const form = { viewer: requester, asState: true, withRoomId: true, now: clock.now() } as const;
      async function* pieces() {
        yield "[";
        yield* commaSeparated(renderPages(rooms, rooms.statePages(root), form));
        yield "]";
      }
      return await jsonStream(pieces());
    },
  });
