import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { invalidParam } from "../../http/errors.ts";
import type { Asked, MarkType } from "./mark.ts";

/** Clients from before v1.4 call private receipts by the name of the proposal, MSC2285. */
export const UNSTABLE_PRIVATE = "org.matrix.msc2285.read.private";

/**
 * Says that the user has read up to an event, for all to see or not, in one thread or whatever the thread.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidreceiptreceipttypeeventid
 */
export const postReceipt = ({ mark }: { readonly mark: (asked: Asked) => Promise<void> }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/rooms/{roomId}/receipt/{receiptType}/{eventId}",
    auth: "user",
    limit: "writing",
    params: Type.Object({
      roomId: Type.String(),
      receiptType: Type.Enum(["m.read", "m.read.private", "m.fully_read", UNSTABLE_PRIVATE]),
      eventId: Type.String(),
    }),
    // Whatever is wrong with `thread_id` has one errcode, so it is looked at below.
    body: Type.Object({ thread_id: Type.Optional(Type.Unknown()) }),

    async handle({ params: { roomId, receiptType, eventId }, body, requester: { userId } }) {
      const type = receiptType === UNSTABLE_PRIVATE ? "m.read.private" : receiptType;
      const threadId = threadFor(type, body.thread_id);
      await mark({ userId, roomId, marks: [{ type, eventId }], ...(threadId !== undefined && { threadId }) });
      return {};
    },
  });

function threadFor(type: MarkType, threadId: unknown): string | undefined {
  if (threadId === undefined) return undefined;
  if (typeof threadId !== "string" || threadId === "") throw invalidParam("`thread_id` is a text that is not empty");
  // All is read or not: the marker knows no threads.
  if (type === "m.fully_read") throw invalidParam("`m.fully_read` goes without a `thread_id`");
  return threadId;
}
