import { Type } from "typebox";
import type { Clock } from "../../clock.ts";
import { renderPages } from "../../engine/rooms/client-event.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { maySeeState, membershipOf } from "../../engine/rooms/visibility.ts";
import { parseTimelineToken } from "../../engine/streams/timeline-token.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden, invalidParam } from "../../http/errors.ts";
import { commaSeparated, jsonStream } from "../../http/json-stream.ts";
import { readableState, type ReadableState } from "./readable-state.ts";

const Memberships = Type.Union(
  ["join", "invite", "knock", "leave", "ban"].map((membership) => Type.Literal(membership)),
);

/**
 * The membership events of a room, now or at a point of its timeline.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidmembers
 */
export const getMembersByRoom = ({ rooms, clock }: { readonly rooms: Rooms; readonly clock: Clock }) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/rooms/{roomId}/members",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({ roomId: Type.String() }),
    query: Type.Object({
      at: Type.Optional(Type.String()),
      membership: Type.Optional(Memberships),
      not_membership: Type.Optional(Memberships),
    }),

    async handle({ params: { roomId }, query, requester }) {
      const readable = await readableState(rooms, roomId, requester.userId);
      const root = query.at === undefined ? readable.root : await rootAt(rooms, readable, query.at);
      const form = { viewer: requester, asState: true, withRoomId: true, now: clock.now() } as const;
      async function* pieces() {
        yield '{"chunk":[';
        yield* commaSeparated(renderPages(rooms, membersOf(rooms, root, query), form));
        yield "]}";
      }
      return await jsonStream(pieces());
    },
  });

interface Filter {
  readonly membership?: string;
  readonly not_membership?: string;
}

async function* membersOf(rooms: Rooms, root: string, filter: Filter): AsyncGenerator<readonly StoredEvent[]> {
  for await (const page of rooms.statePages(root)) {
    yield page.filter((event) => event.pdu.type === "m.room.member" && isWanted(membershipOf(event), filter));
  }
}

/** With both given, either of them suffices. */
function isWanted(membership: string, { membership: wanted, not_membership: unwanted }: Filter): boolean {
  if (wanted === undefined && unwanted === undefined) return true;
  return membership === wanted || (unwanted !== undefined && membership !== unwanted);
}

/**
 * The state at a point of the timeline, but never later than the user may see. Before the user came the history's
 * visibility decides, as it does for the events of that time.
 * @see https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility
 */
async function rootAt(rooms: Rooms, { room, access }: ReadableState, at: string): Promise<string> {
  const token = parseTimelineToken(at);
  if (!token) throw invalidParam("`at` is no token of this server");
  const position = Math.min(token.before - 1, access.until);
  const root = await rooms.stateAt(room, position);
  if (!(await maySeeState(rooms, access, { root, position }))) throw forbidden("You may not see the room at that time");
  return root;
}
