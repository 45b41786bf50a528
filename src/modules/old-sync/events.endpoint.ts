import { Type } from "typebox";
import { renderEvents } from "../../engine/rooms/client-event.ts";
import { formatSyncToken, parseSyncToken } from "../../engine/streams/sync-token.ts";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { invalidParam } from "../../http/errors.ts";
import type { Needs } from "./index.ts";
import { newsSince } from "./news.ts";
import { presenceTexts } from "./presence-texts.ts";
import { receiptTexts } from "./receipt-texts.ts";

const LONGEST_WAIT_MS = 120_000;

/**
 * New events of the rooms that the user is in, receipts and presence, waiting for the first one. Deprecated. After a long time at
 * most the first hundred events of each room are told.
 * @see https://spec.matrix.org/v1.4/client-server-api/#get_matrixclientv3events
 */
export const getEvents = (needs: Needs) => {
  const { rooms, clock, streams, presenceEvents } = needs;
  return endpoint({
    method: "GET",
    path: "/_matrix/client/v3/events",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({}),
    query: Type.Object({
      from: Type.Optional(Type.String()),
      timeout: Type.Optional(Type.Integer({ minimum: 0 })),
      room_id: Type.Optional(Type.String()),
    }),

    async handle({ query, requester: viewer, signal }) {
      const feed = await streams.feed(viewer.userId);
      const from = query.from === undefined ? streams.now : parseSyncToken(query.from);
      if (!from) throw invalidParam("`from` is no token of this server");
      using _ = await needs.presences?.sync(viewer, undefined);
      const deadline = clock.now() + Math.min(query.timeout ?? 0, LONGEST_WAIT_MS);
      const isWanted = ({ roomId }: { readonly roomId: string }): boolean =>
        query.room_id === undefined || roomId === query.room_id;
      let at = from;
      for (;;) {
        const { now } = streams;
        const changes = feed.changesSince(at);
        const news = await newsSince(needs, viewer.userId, { at, now, changes });
        const wanted = news.events.filter(isWanted);
        const read = news.receipts.filter(isWanted);
        const { userId } = viewer;
        const present = query.room_id === undefined ? await presenceEvents({ userId, since: at, changes }) : [];
        if (wanted.length + read.length + present.length > 0 || clock.now() >= deadline || signal.aborted) {
          const rendered = await renderEvents(rooms, wanted, { viewer, withRoomId: true, now: clock.now() });
          const texts = [...rendered, ...receiptTexts(read), ...presenceTexts(present)];
          return new JsonText(
            `{"start":"${formatSyncToken(from)}","end":"${formatSyncToken(now)}","chunk":[${texts.join(",")}]}`,
          );
        }
        at = now;
        // Asked again without a pause in between, so that no wake-up is lost.
        if (feed.changesSince(at)?.length === 0) await feed.wait(Math.max(0, deadline - clock.now()), signal);
      }
    },
  });
};
