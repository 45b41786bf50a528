import type { RoomEvent } from "../events/pdu.ts";
import { isUserId } from "../ids/ids.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";
import { allow, refuse, type Verdict } from "../verdict.ts";
import { haveSameDomain } from "./domain.ts";

/**
 * The rules for `m.room.create`. They look at nothing but the event: there is no state before it.
 * @see https://spec.matrix.org/v1.19/rooms/v1/#authorisation-rules rule 1
 * @see https://spec.matrix.org/v1.19/rooms/v12/#authorisation-rules rule 1
 */
export function checkCreate(event: RoomEvent, rules: RoomVersionRules): Verdict {
  const { pdu } = event;
  // All versions: a room begins with it.
  if (pdu.prev_events.length > 0) {
    return refuse("create.prev-events", "A create event has no previous events");
  }
  // Since v12: the room's ID is made from this event, which therefore cannot name it.
  if (rules.roomIdIsCreateHash && pdu["room_id"] !== undefined) {
    return refuse("create.room-id", "A create event names no room: the room's ID is made from its hash");
  }
  // Until v11: the room's ID belongs to the server that makes the room.
  if (!rules.roomIdIsCreateHash && !haveSameDomain(event.roomId, pdu.sender)) {
    return refuse("create.room-id-domain", `${event.roomId} does not belong to the server of ${pdu.sender}`);
  }
  // All versions: the room version must be known. The rules were chosen by it, so that it must be theirs; absent is 1.
  const version = pdu.content["room_version"] ?? "1";
  if (version !== rules.id) {
    return refuse("create.room-version", `The room version ${JSON.stringify(version)} is not ${rules.id}`);
  }
  // Until v10: the content names the creator.
  if (rules.creatorInContent && pdu.content["creator"] === undefined) {
    return refuse("create.creator", "The content of a create event names a creator");
  }
  return rules.creatorsHaveInfinitePower ? checkAdditionalCreators(event) : allow;
}

/** Since v12: `additional_creators`, when present, is a list of user IDs. */
function checkAdditionalCreators({ pdu }: RoomEvent): Verdict {
  const others = pdu.content["additional_creators"];
  if (
    others === undefined ||
    (Array.isArray(others) && others.every((other) => typeof other === "string" && isUserId(other)))
  )
    return allow;
  return refuse("create.additional-creators", "additional_creators is a list of user IDs");
}

/**
 * Who may make the first join: until v10 the `creator` of the content, since v11 the sender. `undefined` when a room
 * that broke the rules names none.
 * @see https://spec.matrix.org/v1.19/rooms/v11/#remove-the-creator-property-of-mroomcreate-events
 */
export function creatorOf(create: RoomEvent, rules: RoomVersionRules): string | undefined {
  if (!rules.creatorInContent) return create.pdu.sender;
  const creator = create.pdu.content["creator"];
  return typeof creator === "string" ? creator : undefined;
}

/**
 * Everybody who counts as a creator: since v12 the sender and `additional_creators`, before the one creator.
 * @see https://spec.matrix.org/v1.19/rooms/v12/#event-format
 */
export function creatorsOf(create: RoomEvent, rules: RoomVersionRules): ReadonlySet<string> {
  const creator = creatorOf(create, rules);
  const creators = new Set(creator === undefined ? [] : [creator]);
  const others = create.pdu.content["additional_creators"];
  if (rules.creatorsHaveInfinitePower && Array.isArray(others)) {
    for (const other of others) if (typeof other === "string") creators.add(other);
  }
  return creators;
}
