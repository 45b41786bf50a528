import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { tooLarge } from "../../http/errors.ts";
import { transactionId } from "../../http/transaction-id.ts";
import { serverNameOf } from "../../protocol/ids/ids.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Sender } from "./sender.ts";
import type { NewMessage } from "./to-device.store.ts";

/** Devices that one request may name. */
const TARGET_LIMIT = 1_000;
/** Bytes of one message, as it is told: that of an event in a room. */
const MESSAGE_LIMIT_BYTES = 65_536;

interface Needs {
  readonly sender: Sender;
  readonly serverName: string;
}

/**
 * Sends messages to devices. Users and devices that are not known are passed over.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3sendtodeviceeventtypetxnid
 */
export const sendToDevice = ({ sender, serverName }: Needs) =>
  endpoint({
    method: "PUT",
    path: "/_matrix/client/v3/sendToDevice/{eventType}/{txnId}",
    auth: "user-or-guest",
    // Clients share the keys of a large room by many requests in a row.
    limit: "none",
    params: Type.Object({ eventType: Type.String({ minLength: 1, maxLength: 255 }), txnId: transactionId }),
    body: Type.Object({
      messages: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unsafe<JsonObject>(Type.Object({})))),
    }),

    async handle({ params: { eventType, txnId }, body, requester: { userId, deviceId } }) {
      const messages = messagesOf(body.messages, { type: eventType, sender: userId });
      const local = messages.filter((message) => serverNameOf(message.userId) === serverName);
      if (local.length === 0) return {};
      const key = JSON.stringify([eventType, txnId]);
      await sender.send({ from: { userId, deviceId }, key, messages: local });
      return {};
    },
  });

type Contents = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;

/** @throws MatrixError 413 `M_TOO_LARGE` */
function messagesOf(contents: Contents, head: { readonly type: string; readonly sender: string }): NewMessage[] {
  const messages = Object.entries(contents).flatMap(([userId, byDevice]) =>
    Object.entries(byDevice).map(([deviceId, content]) => ({
      userId,
      deviceId: deviceId === "*" ? undefined : deviceId,
      json: JSON.stringify({ ...head, content }),
    })),
  );
  if (messages.length > TARGET_LIMIT) throw tooLarge(`One request may name ${TARGET_LIMIT} devices`);
  if (messages.some(({ json }) => Buffer.byteLength(json) > MESSAGE_LIMIT_BYTES))
    throw tooLarge(`A message may have ${MESSAGE_LIMIT_BYTES} bytes`);
  return messages;
}
