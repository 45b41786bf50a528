import type { RoomEvent } from "../events/pdu.ts";
import { isJsonObject } from "../json/json.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";
import { allow, refuse, type Verdict } from "../verdict.ts";
import { domainOf } from "./domain.ts";
import { authEventKeys } from "./select.ts";

/** An event that another refers to as one of its auth events, and what became of it. */
export interface AuthEvent {
  readonly event: RoomEvent;
  /** Whether it was rejected when it arrived. Soft failure is no rejection. */
  readonly isRejected: boolean;
}

/**
 * Decides on what an event itself says, before any state is asked: which events it refers to as its auth events (all of
 * them are given, in any order), and that a server which vouches for a join has signed. Once per event: neither depends on
 * the state, so that state resolution does not repeat it.
 * @see https://spec.matrix.org/v1.19/rooms/v11/#authorisation-rules rule 2
 * @see https://spec.matrix.org/v1.19/rooms/v12/#authorisation-rules rule 3
 */
export function checkAuthEvents(event: RoomEvent, authEvents: readonly AuthEvent[], rules: RoomVersionRules): Verdict {
  // All versions: nothing but its own content decides on a create event.
  if (event.pdu.type === "m.room.create") return allow;

  const keys = checkKeys(event, authEvents, rules);
  if (!keys.allowed) return keys;
  const rejected = authEvents.find(({ isRejected }) => isRejected);
  if (rejected !== undefined) {
    return refuse("auth-events.rejected", `${rejected.event.eventId} among the auth events was rejected`);
  }
  // Until v11: the create event is among them.
  if (rules.createEventInAuthEvents && !authEvents.some(isCreate)) {
    return refuse("auth-events.create", "The create event is not among the auth events");
  }
  const elsewhere = authEvents.find((other) => other.event.roomId !== event.roomId);
  if (elsewhere !== undefined) {
    return refuse("auth-events.room", `${elsewhere.event.eventId} among the auth events is of another room`);
  }
  return checkAuthoriserSigned(event, rules);
}

const isCreate = ({ event }: AuthEvent): boolean => event.pdu.type === "m.room.create" && event.stateKey === "";

/** All versions: each state once, and none but what the selection for this event names. */
function checkKeys(event: RoomEvent, authEvents: readonly AuthEvent[], rules: RoomVersionRules): Verdict {
  const { type, sender, content } = event.pdu;
  const selected = authEventKeys({ type, sender, content, stateKey: event.stateKey }, rules);
  const expected = new Set(selected.map((key) => JSON.stringify(key)));
  const seen = new Set<string>();
  for (const { event: other } of authEvents) {
    const key = JSON.stringify([other.pdu.type, other.stateKey ?? null]);
    if (seen.has(key)) return refuse("auth-events.duplicate", `Two of the auth events state ${key}`);
    if (!expected.has(key)) return refuse("auth-events.unexpected", `${key} has no say in this event`);
    seen.add(key);
  }
  return allow;
}

/**
 * Since v8: a membership that names who vouches for it is signed by their server. Here the signature must be there; that
 * it is valid is checked with all others, against keys that this function cannot know.
 */
function checkAuthoriserSigned({ pdu }: RoomEvent, rules: RoomVersionRules): Verdict {
  const authoriser = pdu.content["join_authorised_via_users_server"];
  if (!rules.restricted || pdu.type !== "m.room.member" || authoriser === undefined) return allow;
  const server = typeof authoriser === "string" ? domainOf(authoriser) : undefined;
  const signatures = pdu["signatures"];
  if (server !== undefined && isJsonObject(signatures) && Object.hasOwn(signatures, server)) return allow;
  return refuse("member.authoriser-signature", `The server of ${JSON.stringify(authoriser)} has not signed`);
}
