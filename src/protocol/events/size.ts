import { allow, refuse, type Verdict } from "../verdict.ts";
import type { JsonObject } from "../json/json.ts";

/** The largest PDU: bytes of its canonical JSON in UTF-8, with signatures and without `unsigned`. */
export const maxPduBytes = 65_536;
/** The longest identifier, event type and state key, in bytes of UTF-8. */
export const maxMemberBytes = 255;

const limitedMembers = ["event_id", "room_id", "sender", "state_key", "type"] as const;
const encoder = new TextEncoder();

/**
 * Whether the event keeps the limits of size. Clients get `M_TOO_LARGE` if not; from other servers it is refused.
 * @param json The canonical JSON of `pdu`.
 * @see https://spec.matrix.org/v1.19/client-server-api/#size-limits
 */
export function checkEventSize(pdu: JsonObject, json: string): Verdict {
  for (const name of limitedMembers) {
    const value = pdu[name];
    if (typeof value !== "string" || !isLongerThan(value, maxMemberBytes)) continue;
    return refuse(`event.size.${name}`, `${name} is longer than ${maxMemberBytes} bytes`);
  }
  if (isLongerThan(json, maxPduBytes)) return refuse("event.size", `The event is larger than ${maxPduBytes} bytes`);
  return allow;
}

/** Whether the text has more bytes in UTF-8. Most answers need no encoding: a UTF-16 unit makes one to three bytes. */
function isLongerThan(text: string, bytes: number): boolean {
  if (text.length * 3 <= bytes) return false;
  return text.length > bytes || encoder.encode(text).length > bytes;
}
