import { Type } from "typebox";
import type { Clock } from "../../clock.ts";
import { renderEvents } from "../../engine/rooms/client-event.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { invalidParam } from "../../http/errors.ts";
import type { noticesPage } from "./notices.ts";

const DEFAULT_LIMIT = 20;
const LARGEST_LIMIT = 100;

interface Needs {
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly page: (userId: string, wanted: Parameters<typeof noticesPage>[2]) => ReturnType<typeof noticesPage>;
}

/**
 * The events that notified the user, the latest first.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3notifications
 */
export const getNotifications = ({ rooms, clock, page }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/notifications",
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    query: Type.Object({
      from: Type.Optional(Type.String()),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
      only: Type.Optional(Type.String()),
    }),

    async handle({ query, requester }) {
      const { notices, next } = await page(requester.userId, {
        before: query.from === undefined ? Number.MAX_SAFE_INTEGER : requirePosition(query.from),
        limit: Math.min(query.limit ?? DEFAULT_LIMIT, LARGEST_LIMIT),
        onlyHighlights: query.only === "highlight",
      });
      const options = { viewer: requester, decorated: true, withRoomId: false, now: clock.now() };
      const events = await renderEvents(
        rooms,
        notices.map(({ event }) => event),
        options,
      );
      const texts = notices.map(({ event, actions, isRead }, index) => {
        const members = {
          actions,
          // Only pushers have profile tags, but clients look for it.
          profile_tag: "",
          read: isRead,
          room_id: event.roomId,
          ts: event.pdu.origin_server_ts,
        };
        return `${JSON.stringify(members).slice(0, -1)},"event":${events[index]}}`;
      });
      const end = next === undefined ? "" : `"next_token":${JSON.stringify(formatPosition(next))},`;
      return new JsonText(`{${end}"notifications":[${texts.join(",")}]}`);
    },
  });

const formatPosition = (position: number): string => `n${position}`;

function requirePosition(text: string): number {
  const match = /^n(\d{1,15})$/.exec(text);
  if (!match) throw invalidParam("`from` is no token of this server");
  return Number(match[1]);
}
