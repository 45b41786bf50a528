import type { RoomAddition, SectionRequest, SyncSection } from "../../engine/streams/section.ts";
import type { IgnoredBy } from "../account-data/index.ts";
import { receiptEvents } from "./receipt-events.ts";
import { isReceiptChange, type Receipts } from "./receipts.ts";
import type { Receipt } from "./receipts.store.ts";

interface Needs {
  readonly receipts: Pick<Receipts, "changedIn">;
  /** Those of people whom the user ignores are not told. */
  readonly ignoredBy: IgnoredBy;
  /** The rooms that a user is joined to. */
  readonly joinedRooms: (userId: string) => Promise<readonly string[]>;
}

/**
 * Tells receipts: those that moved, and in rooms that the client does not know the newest. What changes while the answer
 * is made may be told twice, which does no harm.
 * @see https://spec.matrix.org/v1.19/client-server-api/#receipts
 */
export const receiptsSection = (needs: Needs): SyncSection => ({
  kinds: ["receipt"],

  async rooms(request: SectionRequest, inFull: readonly string[]) {
    const { userId, keeps } = request;
    const isKept = (roomId: string): boolean => keeps("room.ephemeral", "m.receipt", undefined, roomId);
    const full = new Set(inFull);
    const changed = await changedReceipts(needs, request, (roomId) => isKept(roomId) && !full.has(roomId));
    const whole = await needs.receipts.changedIn(userId, inFull.filter(isKept), 0);
    const ignored = await needs.ignoredBy(userId);
    return byRoom([...changed, ...whole].filter((receipt) => !ignored.has(receipt.userId)));
  },
});

/** What changed since the client's token, from the changes at hand, or else from the database. */
async function changedReceipts(
  { receipts, joinedRooms }: Needs,
  { userId, since, changes }: SectionRequest,
  isWanted: (roomId: string) => boolean,
): Promise<readonly Receipt[]> {
  if (!since) return [];
  if (changes) {
    const moved = changes.filter(isReceiptChange).map(({ receipt }) => receipt);
    return moved.filter(({ roomId }) => isWanted(roomId));
  }
  return await receipts.changedIn(userId, (await joinedRooms(userId)).filter(isWanted), since.position);
}

function byRoom(receipts: readonly Receipt[]): ReadonlyMap<string, RoomAddition> {
  const rooms = Map.groupBy(receipts, ({ roomId }) => roomId);
  return new Map([...rooms].map(([roomId, some]) => [roomId, { ephemeral: receiptEvents(some) }]));
}
