import { Type } from "typebox";
import type { Clock } from "../../clock.ts";
import { renderEvents } from "../../engine/rooms/client-event.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { formatTimelineToken } from "../../engine/streams/timeline-token.ts";
import type { IgnoredBy } from "../account-data/index.ts";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { membersSpeaking } from "./lazy-members.ts";
import { roomEventFilter } from "./room-event-filter.ts";
import { requireSomeAccess } from "./some-access.ts";
import { timelinePage } from "./timeline-page.ts";
import { timelinePoint } from "./timeline-point.ts";

const DEFAULT_LIMIT = 10;
const LARGEST_LIMIT = 1_000;

interface Needs {
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly ignoredBy: IgnoredBy;
}

/**
 * A page of a room's history.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidmessages
 */
export const getRoomEvents = ({ rooms, clock, ignoredBy }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/rooms/{roomId}/messages",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({ roomId: Type.String() }),
    query: Type.Object({
      dir: Type.Union([Type.Literal("b"), Type.Literal("f")]),
      from: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
      limit: Type.Optional(Type.Integer({ minimum: 0 })),
      filter: Type.Optional(Type.String()),
    }),

    async handle({ params: { roomId }, query, requester }) {
      const { room, access } = await requireSomeAccess(rooms, roomId, requester.userId);
      const filter = roomEventFilter(query.filter, await ignoredBy(requester.userId));
      const from = timelinePoint("from", query.from) ?? (query.dir === "b" ? room.lastPosition + 1 : 0);
      const page = await timelinePage(rooms, {
        room,
        access,
        direction: query.dir,
        from,
        to: timelinePoint("to", query.to),
        limit: Math.min(query.limit ?? filter.limit ?? DEFAULT_LIMIT, LARGEST_LIMIT),
        keeps: filter.keeps,
      });
      const options = { viewer: requester, withRoomId: true, now: clock.now() };
      const members = filter.lazyLoadMembers ? await membersSpeaking(rooms, page.events) : [];
      const [chunk, state] = await Promise.all([
        renderEvents(rooms, page.events, { ...options, decorated: true }),
        renderEvents(rooms, members, { ...options, asState: true }),
      ]);
      const parts = [`"start":${JSON.stringify(query.from ?? formatTimelineToken({ before: from }))}`];
      if (page.next !== undefined) parts.push(`"end":${JSON.stringify(formatTimelineToken({ before: page.next }))}`);
      parts.push(`"chunk":[${chunk.join(",")}]`, `"state":[${state.join(",")}]`);
      return new JsonText(`{${parts.join(",")}}`);
    },
  });
