import { Type } from "typebox";
import { txnKeyOf } from "../../engine/rooms/client-event.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { SentOnce } from "../../engine/rooms/sent-once.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { endpoint } from "../../http/endpoint.ts";
import { transactionId } from "../../http/transaction-id.ts";
import { redactionDraft } from "./redaction-draft.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly sentOnce: SentOnce;
}

/**
 * Strips an event of what its room version does not protect.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidredacteventidtxnid
 */
export const redactEvent = ({ rooms, sentOnce }: Needs) =>
  endpoint({
    method: "PUT",
    path: "/_matrix/client/v3/rooms/{roomId}/redact/{eventId}/{txnId}",
    auth: "user",
    limit: "message",
    params: Type.Object({ roomId: Type.String(), eventId: Type.String(), txnId: transactionId }),
    body: Type.Unsafe<JsonObject>(Type.Object({ reason: Type.Optional(Type.String()) })),

    async handle({ params: { roomId, eventId, txnId }, body, requester }) {
      const txnKey = txnKeyOf(requester, `redact/${roomId}/${eventId}`, txnId);
      const event = await sentOnce.send(txnKey, async () => {
        const { userId: sender, isSuspended } = requester;
        const redaction = { sender, isSuspended, content: body, redacts: eventId, txnKey };
        return await rooms.send(roomId, await redactionDraft(rooms, roomId, redaction));
      });
      return { event_id: event.eventId };
    },
  });
