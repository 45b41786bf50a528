import type { JsonObject } from "../../protocol/json/json.ts";
import { isRoomId } from "../../protocol/ids/ids.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";

/** More children of one space are not followed. */
const CHILD_LIMIT = 1_000;
/** Printable ASCII, at most 50 characters. */
const ORDER = /^[ -~]{0,50}$/;

/**
 * The children of a space in the order in which they are shown, from its `m.space.child` events: those that name servers
 * to join through, since others were taken away.
 * @see https://spec.matrix.org/v1.19/client-server-api/#ordering-of-children-within-a-space
 */
export function childrenOf(events: readonly StoredEvent[], suggestedOnly: boolean): StoredEvent[] {
  return events
    .filter((event) => isChild(event) && (!suggestedOnly || event.pdu.content["suggested"] === true))
    .toSorted(compare)
    .slice(0, CHILD_LIMIT);
}

/** A child as `children_state` has it. */
export const childState = ({ pdu, stateKey = "" }: StoredEvent): JsonObject => ({
  type: pdu.type,
  state_key: stateKey,
  sender: pdu.sender,
  content: pdu.content,
  origin_server_ts: pdu.origin_server_ts,
});

function isChild({ stateKey, pdu }: StoredEvent): boolean {
  const { via } = pdu.content;
  return isRoomId(stateKey ?? "") && Array.isArray(via) && via.some((server) => typeof server === "string");
}

function compare(a: StoredEvent, b: StoredEvent): number {
  return (
    compareOrders(orderOf(a), orderOf(b)) || compareTimes(a, b) || compareTexts(a.stateKey ?? "", b.stateKey ?? "")
  );
}

/** Those without an order come last. */
function compareOrders(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compareTexts(a, b);
}

const compareTimes = (a: StoredEvent, b: StoredEvent): number => a.pdu.origin_server_ts - b.pdu.origin_server_ts;

const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function orderOf({ pdu }: StoredEvent): string | undefined {
  const { order } = pdu.content;
  return typeof order === "string" && ORDER.test(order) ? order : undefined;
}
