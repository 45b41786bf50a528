import { canonicalJson } from "../json/canonical.ts";
import type { JsonObject } from "../json/json.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";
import { sha256 } from "../signing/crypto.ts";
import { signedTextOf } from "../signing/json.ts";
import { allow, refuse, type Verdict } from "../verdict.ts";
import type { PduJson, RoomEvent } from "./pdu.ts";
import { redact } from "./redact.ts";

/** What of a room version decides on identifiers. */
export type IdRules = Pick<RoomVersionRules, "eventIdFormat" | "redaction" | "roomIdIsCreateHash">;

/**
 * The hash of the whole event, as it stands in `hashes.sha256`: unpadded base64.
 * @see https://spec.matrix.org/v1.19/server-server-api/#calculating-the-content-hash-for-an-event
 */
export function contentHash(pdu: JsonObject): string {
  const { hashes: _hashes, signatures: _signatures, unsigned: _unsigned, ...hashed } = pdu;
  return sha256(canonicalJson(hashed));
}

/** Whether the event still has the content that its origin hashed. If not, treat it as redacted. */
export function checkContentHash(pdu: PduJson): Verdict {
  const claimed = pdu.hashes["sha256"];
  // Padding is allowed when reading base64; nothing else may differ.
  const isSame = typeof claimed === "string" && claimed.replace(/=$/, "") === contentHash(pdu);
  return isSame ? allow : refuse("event.content-hash", "The content is not what its hash says");
}

/**
 * The hash of what a redaction leaves of the event, in unpadded base64: URL-safe since room version 4.
 * @see https://spec.matrix.org/v1.19/server-server-api/#calculating-the-reference-hash-for-an-event
 */
export function referenceHash(pdu: PduJson, rules: IdRules): string {
  return sha256(signedTextOf(redact(pdu, rules)), hashEncodingOf(rules));
}

/** How a room version writes reference hashes. */
export const hashEncodingOf = ({ eventIdFormat }: Pick<IdRules, "eventIdFormat">): "base64" | "base64url" =>
  eventIdFormat === "hash-url-safe-base64" ? "base64url" : "base64";

/** The event's ID: what it says itself in room versions 1 and 2 (`""` if nothing), else its reference hash after a `$`. */
export function eventIdOf(pdu: PduJson, rules: IdRules): string {
  if (rules.eventIdFormat !== "opaque") return `$${referenceHash(pdu, rules)}`;
  return typeof pdu["event_id"] === "string" ? pdu["event_id"] : "";
}

/** The event with its identifiers. The PDU must have passed `checkEventFormat`. Costs a hash since room version 3. */
export function roomEventOf(pdu: PduJson, rules: IdRules): RoomEvent {
  const eventId = eventIdOf(pdu, rules);
  const stateKey = pdu["state_key"];
  return {
    eventId,
    roomId: roomIdOf(pdu, { eventId, rules }),
    pdu,
    stateKey: typeof stateKey === "string" ? stateKey : undefined,
  };
}

/** The room an event is in. Since version 12 a room is named after its create event, which then has no `room_id`. */
function roomIdOf(pdu: PduJson, { eventId, rules }: { readonly eventId: string; readonly rules: IdRules }): string {
  if (rules.roomIdIsCreateHash && isCreate(pdu)) return roomIdOfCreate(eventId);
  return typeof pdu["room_id"] === "string" ? pdu["room_id"] : "";
}

/** The ID of the room that a create event of room version 12 or later makes. */
export const roomIdOfCreate = (createEventId: string): string => `!${createEventId.slice(1)}`;

const isCreate = (pdu: PduJson): boolean => pdu.type === "m.room.create" && pdu["state_key"] === "";
