import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { jsonStream } from "../../http/json-stream.ts";
import { formatSyncToken } from "../../engine/streams/sync-token.ts";
import type { MembershipRecord } from "../../engine/rooms/memberships.store.ts";
import { isIgnoredInvite } from "../account-data/index.ts";
import type { Needs } from "./index.ts";
import { presenceTexts } from "./presence-texts.ts";
import { receiptTexts } from "./receipt-texts.ts";
import { roomInfo, roomPieces } from "./room-info.ts";

const DEFAULT_LIMIT = 20;

/**
 * All rooms of a user, and where `/events` goes on from. Deprecated.
 * @see https://spec.matrix.org/v1.4/client-server-api/#get_matrixclientv3initialsync
 */
export const initialSync = ({
  rooms,
  clock,
  streams,
  accountData,
  receipts,
  presences,
  presenceEvents,
  ignoredBy,
}: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/initialSync",
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 0 })),
      archived: Type.Optional(Type.Boolean()),
    }),

    async handle({ query, requester: viewer }) {
      using _ = await presences?.sync(viewer, undefined);
      const end = formatSyncToken(streams.now);
      const data = await accountData.all(viewer.userId);
      const dataOf = (roomId: string): string =>
        `"account_data":[${data
          .filter((datum) => datum.roomId === roomId)
          .map(({ type, content }) => `{"type":${JSON.stringify(type)},"content":${content}}`)
          .join(",")}]`;
      const ignored = await ignoredBy(viewer.userId);
      const wanted = (await rooms.memberships.ofUser(viewer.userId)).filter(
        (record) => isWanted(record, query.archived ?? false) && !isIgnoredInvite(record, ignored),
      );
      const joined = wanted.filter(({ membership }) => membership === "join").map(({ roomId }) => roomId);
      const read = receiptTexts(
        (await receipts.changedIn(viewer.userId, joined, 0)).filter(({ userId }) => !ignored.has(userId)),
      );
      const present = await presenceEvents({ userId: viewer.userId, since: undefined, changes: undefined });
      async function* pieces() {
        yield `{"end":"${end}","presence":[${presenceTexts(present).join(",")}],"receipts":[${read.join(",")}],`;
        yield `${dataOf("")},"rooms":[`;
        let comma = "";
        for (const { roomId } of wanted) {
          const room = await rooms.get(roomId);
          if (!room) continue;
          yield comma;
          comma = ",";
          const limit = query.limit ?? DEFAULT_LIMIT;
          const info = await roomInfo(rooms, { room, viewer, ignored, limit, now: clock.now() });
          yield* roomPieces(info, [dataOf(roomId)]);
        }
        yield "]}";
      }
      return await jsonStream(pieces());
    },
  });

/** The answer knows no knocks. */
function isWanted({ membership, isForgotten }: MembershipRecord, isArchived: boolean): boolean {
  if (isForgotten || membership === "knock") return false;
  return isArchived || membership === "join" || membership === "invite";
}
