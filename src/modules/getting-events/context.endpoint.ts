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
import { requireVisibleEvent } from "./visible-event.ts";

const DEFAULT_LIMIT = 10;
const LARGEST_LIMIT = 1_000;

interface Needs {
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly ignoredBy: IgnoredBy;
}

/**
 * An event with what was said before and after it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidcontexteventid
 */
export const getEventContext = ({ rooms, clock, ignoredBy }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/rooms/{roomId}/context/{eventId}",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({ roomId: Type.String(), eventId: Type.String() }),
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 0 })),
      filter: Type.Optional(Type.String()),
    }),

    async handle({ params: { roomId, eventId }, query, requester }) {
      await requireSomeAccess(rooms, roomId, requester.userId);
      const { room, access, event } = await requireVisibleEvent(rooms, { roomId, eventId, userId: requester.userId });
      const filter = roomEventFilter(query.filter, await ignoredBy(requester.userId));
      // The limit counts both sides together; the event itself does not count.
      const limit = Math.min(query.limit ?? filter.limit ?? DEFAULT_LIMIT, LARGEST_LIMIT);
      const ordering = event.ordering ?? 0;
      const wanted = { room, access, to: undefined, keeps: filter.keeps };
      const [before, after] = await Promise.all([
        timelinePage(rooms, { ...wanted, direction: "b", from: ordering, limit: Math.floor(limit / 2) }),
        timelinePage(rooms, { ...wanted, direction: "f", from: ordering + 1, limit: Math.ceil(limit / 2) }),
      ]);
      const last = after.events.at(-1) ?? event;
      const shown = [...before.events, event, ...after.events];
      const state = filter.lazyLoadMembers
        ? await stateWithMembersOf(rooms, last.stateAfter, await membersSpeaking(rooms, shown))
        : await rooms.fullState(last.stateAfter);
      const options = { viewer: requester, withRoomId: true, now: clock.now() };
      // Rendered together, so that what is added to them is looked up once.
      const texts = await renderEvents(rooms, shown, { ...options, decorated: true });
      const at = before.events.length;
      const start = formatTimelineToken({ before: before.next ?? before.events.at(-1)?.ordering ?? ordering });
      const end = formatTimelineToken({ before: (last.ordering ?? 0) + 1 });
      return new JsonText(
        `{"start":"${start}","end":"${end}","event":${texts[at]},` +
          `"events_before":[${texts.slice(0, at).join(",")}],"events_after":[${texts.slice(at + 1).join(",")}],` +
          `"state":[${(await renderEvents(rooms, state, { ...options, asState: true })).join(",")}]}`,
      );
    },
  });

async function stateWithMembersOf(
  rooms: Rooms,
  root: string,
  members: Awaited<ReturnType<typeof membersSpeaking>>,
): ReturnType<typeof membersSpeaking> {
  return [...(await rooms.stateBesideMembers(root)), ...members];
}
