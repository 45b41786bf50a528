import { Type } from "typebox";
import { formatSyncToken, parseSyncToken, type SyncToken } from "../../engine/streams/sync-token.ts";
import { parseTimelineToken } from "../../engine/streams/timeline-token.ts";
import { endpoint, JsonText, type Requester } from "../../http/endpoint.ts";
import { guestAccessForbidden, invalidParam } from "../../http/errors.ts";
import type { Needs } from "./index.ts";
import { ownEvents } from "./own-events.ts";
import { peeking } from "./peeking.ts";
import type { Watch } from "./watch.ts";

const LONGEST_WAIT_MS = 120_000;

/**
 * New events of the rooms that the user is in, receipts and presence, waiting for the first one; or of one room that
 * everybody may read. Deprecated.
 * @see https://spec.matrix.org/v1.4/client-server-api/#get_matrixclientv3events
 */
export const getEvents = (needs: Needs) => {
  const { clock, streams } = needs;
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

    async handle({ query, requester, signal }) {
      // Guests preview rooms by it, one at a time: https://spec.matrix.org/v1.19/client-server-api/#guest-access
      if (requester.isGuest && query.room_id === undefined) throw guestAccessForbidden("`room_id` is missing");
      const from = query.from === undefined ? streams.now : tokenOf(query.from, streams.now);
      using watch = await watchFor(needs, requester, query.room_id);
      using _ = await needs.presences?.sync(requester, undefined);
      const deadline = clock.now() + Math.min(query.timeout ?? 0, LONGEST_WAIT_MS);
      let at = from;
      for (;;) {
        const { texts, end } = await watch.look(at);
        if (texts.length > 0 || clock.now() >= deadline || signal.aborted) {
          const ends = `"start":"${formatSyncToken(from)}","end":"${formatSyncToken(end)}"`;
          return new JsonText(`{${ends},"chunk":[${texts.join(",")}]}`);
        }
        at = end;
        // Asked again without a pause in between, so that no wake-up is lost.
        if (watch.feed.changesSince(at)?.length === 0) {
          await watch.feed.wait(Math.max(0, deadline - clock.now()), signal);
        }
      }
    },
  });
};

async function watchFor(needs: Needs, viewer: Requester, roomId: string | undefined): Promise<Watch> {
  const room = roomId === undefined ? undefined : await needs.rooms.require(roomId);
  const record = room && (await needs.rooms.memberships.ofUserInRoom(viewer.userId, room.nid));
  return room && record?.membership !== "join"
    ? peeking(needs, viewer, room.roomId)
    : await ownEvents(needs, viewer, roomId);
}

/** The initial sync of a room ends with a point of its timeline, from which clients go on here. */
function tokenOf(text: string, now: SyncToken): SyncToken {
  const token = parseSyncToken(text);
  if (token) return token;
  const point = parseTimelineToken(text);
  if (!point) throw invalidParam("`from` is no token of this server");
  return { position: point.before - 1, ephemeral: now.ephemeral };
}
