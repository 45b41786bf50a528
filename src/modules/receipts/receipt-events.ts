import type { Receipt } from "./receipts.store.ts";

/** `content` of an `m.receipt` event: by event ID, receipt type and user ID. */
type ReceiptContent = Record<
  string,
  Record<string, Record<string, { readonly ts: number; readonly thread_id?: string }>>
>;

/**
 * The `m.receipt` events of a room, as JSON texts: one for each thread, since a user may have receipts of several threads
 * at the same event. Of receipts that replace one another the last is told. `members` are added to each event.
 * @see https://spec.matrix.org/v1.19/client-server-api/#mreceipt
 */
export function receiptEvents(receipts: Iterable<Receipt>, members: { readonly room_id?: string } = {}): string[] {
  const latest = new Map<string, Receipt>();
  for (const receipt of receipts) latest.set(`${receipt.userId}|${receipt.type}|${receipt.threadId}`, receipt);
  const threads = Map.groupBy(latest.values(), ({ threadId }) => threadId);
  return [...threads.values()].map((some) =>
    JSON.stringify({ type: "m.receipt", ...members, content: contentOf(some) }),
  );
}

function contentOf(receipts: readonly Receipt[]): ReceiptContent {
  const content: ReceiptContent = {};
  for (const { eventId, type, userId, threadId, ts } of receipts) {
    const ofEvent = (content[eventId] ??= {});
    const ofType = (ofEvent[type] ??= {});
    ofType[userId] = { ts, ...(threadId !== "" && { thread_id: threadId }) };
  }
  return content;
}
