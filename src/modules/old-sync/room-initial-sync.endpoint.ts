import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden } from "../../http/errors.ts";
import { jsonStream } from "../../http/json-stream.ts";
import type { Needs } from "./index.ts";
import { presenceTexts } from "./presence-texts.ts";
import { receiptTexts } from "./receipt-texts.ts";
import { roomInfo, roomPieces } from "./room-info.ts";

const DEFAULT_LIMIT = 20;

/**
 * A room's latest messages, its state, and the user's account data of it. Deprecated.
 * @see https://spec.matrix.org/v1.4/client-server-api/#get_matrixclientv3roomsroomidinitialsync
 */
export const roomInitialSync = ({ rooms, clock, accountData, receipts, presenceEvents, ignoredBy }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/rooms/{roomId}/initialSync",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({ roomId: Type.String() }),
    query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 0 })) }),

    async handle({ params: { roomId }, query, requester: viewer }) {
      const room = await rooms.require(roomId);
      const limit = query.limit ?? DEFAULT_LIMIT;
      const ignored = await ignoredBy(viewer.userId);
      const info = await roomInfo(rooms, { room, viewer, ignored, limit, now: clock.now() });
      if (!info.hasAccess) throw forbidden("You are not in this room");
      const data = (await accountData.all(viewer.userId)).filter((datum) => datum.roomId === roomId);
      const events = data.map(({ type, content }) => `{"type":${JSON.stringify(type)},"content":${content}}`);
      const present = await presenceEvents({ userId: viewer.userId, roomId, since: undefined, changes: undefined });
      const read = (await receipts.changedIn(viewer.userId, info.isFollowed ? [roomId] : [], 0)).filter(
        ({ userId }) => !ignored.has(userId),
      );
      const added = [
        `"account_data":[${events.join(",")}]`,
        // The text leaves them out; clients of its time have them from here, as from `/initialSync`.
        `"presence":[${presenceTexts(present).join(",")}]`,
        `"receipts":[${receiptTexts(read).join(",")}]`,
      ];
      return await jsonStream(roomPieces(info, added));
    },
  });
