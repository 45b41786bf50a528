import { type Receipt, receiptEvents } from "../receipts/index.ts";

/** `m.receipt` events of several rooms as JSON texts, each with its `room_id`. */
export function receiptTexts(receipts: readonly Receipt[]): string[] {
  const rooms = Map.groupBy(receipts, ({ roomId }) => roomId);
  return [...rooms].flatMap(([roomId, some]) => receiptEvents(some, { room_id: roomId }));
}
