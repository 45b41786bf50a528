import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { AccountData, IgnoredBy } from "../account-data/index.ts";
import type { Module } from "../module.ts";
import { marking } from "./mark.ts";
import { setReadMarkers } from "./read-markers.endpoint.ts";
import { postReceipt } from "./receipt.endpoint.ts";
import type { ReceiptBook } from "./receipts.ts";
import { receiptsSection } from "./receipts.sync.ts";

export { receiptEvents } from "./receipt-events.ts";
export {
  createReceipts,
  isReceiptChange,
  type ReadUpTo,
  type ReceiptBook,
  type ReceiptChange,
  type Receipts,
} from "./receipts.ts";
export type { Receipt, ReceiptType } from "./receipts.store.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly receipts: ReceiptBook;
  readonly accountData: Pick<AccountData, "get" | "set">;
  readonly ignoredBy: IgnoredBy;
}

/** How far users have read. */
export const receipts = (needs: Needs): Module => {
  const { memberships } = needs.rooms;
  const mark = marking(needs);
  return {
    name: "receipts",
    spec: [
      {
        section: "Receipts",
        link: "https://spec.matrix.org/v1.19/client-server-api/#receipts",
        status: "partial",
        missing: "receipts of users of other servers",
      },
      {
        section: "Read and unread markers",
        link: "https://spec.matrix.org/v1.19/client-server-api/#read-and-unread-markers",
        status: "complete",
      },
    ],
    features: ["org.matrix.msc2285.stable", "org.matrix.msc3771", "com.beeper.msc4446"],
    endpoints: [postReceipt({ mark }), setReadMarkers({ mark })],
    sync: [
      receiptsSection({
        receipts: needs.receipts,
        ignoredBy: needs.ignoredBy,
        joinedRooms: async (userId) => {
          const joined = (await memberships.ofUser(userId)).filter(({ membership }) => membership === "join");
          return joined.map(({ roomId }) => roomId);
        },
      }),
    ],
  };
};
