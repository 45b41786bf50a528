import { Type } from "typebox";
import type { EventDraft } from "../../engine/rooms/room-writer.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { SentOnce } from "../../engine/rooms/sent-once.ts";
import { txnKeyOf } from "../../engine/rooms/client-event.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { endpoint } from "../../http/endpoint.ts";
import { badJson, userSuspended } from "../../http/errors.ts";
import { transactionId } from "../../http/transaction-id.ts";
import { checkTombstone } from "../room-upgrades/index.ts";
import { checkMessage } from "./message-rules.ts";
import { redactionDraft } from "./redaction-draft.ts";

export interface SendNeeds {
  readonly rooms: Rooms;
  readonly sentOnce: SentOnce;
  /** Sends an event that is no redaction: as `Rooms.send`, with whatever further rules hold for it. */
  readonly send: (roomId: string, draft: EventDraft) => Promise<StoredEvent>;
}

/**
 * Sends a message event to a room.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid
 */
export const sendMessage = ({ rooms, sentOnce, send }: SendNeeds) =>
  endpoint({
    method: "PUT",
    path: "/_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}",
    auth: "user-or-guest",
    limit: "message",
    params: Type.Object({ roomId: Type.String(), eventType: Type.String(), txnId: transactionId }),
    body: Type.Unsafe<JsonObject>(Type.Object({})),

    async handle({ params: { roomId, eventType, txnId }, body, requester }) {
      const txnKey = txnKeyOf(requester, `send/${roomId}/${eventType}`, txnId);
      const event = await sentOnce.send(txnKey, async () => {
        const draft = { type: eventType, sender: requester.userId, content: body, txnKey };
        checkTombstone(roomId, draft);
        checkMessage(draft);
        const { isSuspended } = requester;
        const redacts = body["redacts"];
        // A suspended account may take back what it said, and say nothing more.
        if (isSuspended && eventType !== "m.room.redaction") throw userSuspended();
        if (eventType !== "m.room.redaction") return await send(roomId, draft);
        // Since v11 a redaction may come this way too: what it redacts stands in its content.
        if (typeof redacts !== "string") throw badJson("A redaction names in `redacts` what it redacts");
        return await rooms.send(roomId, await redactionDraft(rooms, roomId, { ...draft, isSuspended, redacts }));
      });
      return { event_id: event.eventId };
    },
  });
