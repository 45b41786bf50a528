/*
 * Making an event takes three texts: the one hashed into `hashes`, the one signed and hashed into the ID, and the event
 * itself. They share nearly all members, so each member is written once and the texts are put together from them.
 */
import { canonicalJson } from "../json/canonical.ts";
import type { JsonObject, JsonValue } from "../json/json.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";
import { sha256 } from "../signing/crypto.ts";
import { hashEncodingOf, roomIdOfCreate } from "./hashes.ts";
import type { PduJson, RoomEvent } from "./pdu.ts";
import { redactContent } from "./redact.ts";
import type { EventSigner } from "./sign.ts";

/** An event that another one refers to. */
export interface EventReference {
  readonly eventId: string;
  /** Its reference hash. Room versions 1 and 2 need it. */
  readonly hash?: string;
}

/** What an event is made of. */
export interface EventDraft {
  /** Ignored for the create event of room version 12 and later, which makes the ID. */
  readonly roomId: string;
  readonly type: string;
  readonly sender: string;
  readonly stateKey?: string;
  readonly content: JsonObject;
  /** The ID of the event that this one redacts. Put where the room version wants it. */
  readonly redacts?: string;
  readonly prevEvents: readonly EventReference[];
  readonly authEvents: readonly EventReference[];
  readonly depth: number;
  /** Milliseconds since the epoch. */
  readonly originServerTs: number;
  /** Room versions 1 and 2 need it; the others ignore it. */
  readonly eventId?: string;
}

/** An event that is ready to be stored and sent. */
export interface BuiltEvent extends RoomEvent {
  /** Canonical JSON of the PDU, with hashes and signatures. */
  readonly json: string;
}

/** 2^53 - 1 since room version 6, 2^63 - 1 before, which a number can not hold: the smaller serves all. */
const maxDepth = Number.MAX_SAFE_INTEGER;

/** The members of an event that we make, in the order of canonical JSON. */
const memberNames = [
  "auth_events",
  "content",
  "depth",
  "event_id",
  "hashes",
  "origin_server_ts",
  "prev_events",
  "redacts",
  "room_id",
  "sender",
  "signatures",
  "state_key",
  "type",
] as const;

/** The members as canonical JSON, each for itself. */
type Written = Partial<Record<(typeof memberNames)[number], string>>;

/**
 * Makes the event: content hash, signature and ID.
 * @throws RangeError in room versions 1 and 2 without `eventId`.
 */
export function buildEvent(draft: EventDraft, rules: RoomVersionRules, { serverName, key }: EventSigner): BuiltEvent {
  const members = membersOf(draft, rules);
  const written = writeMembers(members);
  const hashes = { sha256: sha256(compose(written, memberNames)) };
  const hashed = { ...written, hashes: canonicalJson(hashes) };
  const signedText = composeRedacted(hashed, members, rules);
  const signatures = { [serverName]: { [key.keyId]: key.sign(signedText) } };

  const eventId = members.event_id ?? `$${sha256(signedText, hashEncodingOf(rules))}`;
  return {
    eventId,
    roomId: members.room_id ?? roomIdOfCreate(eventId),
    stateKey: draft.stateKey,
    pdu: { ...members, hashes, signatures },
    json: compose({ ...hashed, signatures: canonicalJson(signatures) }, memberNames),
  };
}

function membersOf(draft: EventDraft, rules: RoomVersionRules): Members {
  const { type, stateKey, redacts } = draft;
  const isNamelessRoom = rules.roomIdIsCreateHash && type === "m.room.create" && stateKey === "";
  const content = redacts !== undefined && rules.redactsInContent ? { ...draft.content, redacts } : draft.content;
  return {
    auth_events: referencesOf(draft.authEvents, rules),
    content,
    depth: Math.min(draft.depth, maxDepth),
    ...(rules.eventIdFormat === "opaque" ? { event_id: requireEventId(draft) } : {}),
    origin_server_ts: draft.originServerTs,
    prev_events: referencesOf(draft.prevEvents, rules),
    ...(redacts !== undefined && !rules.redactsInContent ? { redacts } : {}),
    ...(isNamelessRoom ? {} : { room_id: draft.roomId }),
    sender: draft.sender,
    ...(stateKey === undefined ? {} : { state_key: stateKey }),
    type,
  };
}

/** A PDU before it has hashes and signatures. */
interface Members extends JsonObject {
  readonly type: string;
  readonly sender: string;
  readonly content: JsonObject;
  readonly depth: number;
  readonly origin_server_ts: number;
  readonly prev_events: readonly JsonValue[];
  readonly auth_events: readonly JsonValue[];
  readonly event_id?: string;
  readonly room_id?: string;
}

function requireEventId({ eventId }: EventDraft): string {
  if (eventId === undefined) throw new RangeError("The ID of an event of room versions 1 and 2 is chosen, not derived");
  return eventId;
}

function referencesOf(references: readonly EventReference[], rules: RoomVersionRules): readonly JsonValue[] {
  if (rules.eventReferences === "ids") return references.map(({ eventId }) => eventId);
  return references.map(({ eventId, hash }) => [eventId, hash === undefined ? {} : { sha256: hash }]);
}

function writeMembers(members: JsonObject): Written {
  const written: Written = {};
  for (const name of memberNames) {
    const value = members[name];
    if (value !== undefined) written[name] = canonicalJson(value);
  }
  return written;
}

/** The text of the event as a redaction leaves it. */
function composeRedacted(
  written: Written,
  { type, content }: Pick<PduJson, "type" | "content">,
  rules: RoomVersionRules,
): string {
  const { redaction } = rules;
  const kept = redactContent(type, content, redaction);
  const names = memberNames.filter((name) => redaction.members.includes(name));
  return compose(kept === content ? written : { ...written, content: canonicalJson(kept) }, names);
}

function compose(written: Written, names: readonly (keyof Written)[]): string {
  let text = "{";
  for (const name of names) {
    const value = written[name];
    if (value === undefined) continue;
    if (text !== "{") text += ",";
    text += `"${name}":${value}`;
  }
  return `${text}}`;
}
