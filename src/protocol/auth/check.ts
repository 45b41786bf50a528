import type { RoomEvent } from "../events/pdu.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";
import { allow, refuse, type Verdict } from "../verdict.ts";
import { checkAliases } from "./aliases.ts";
import type { AuthContext } from "./context.ts";
import { checkCreate } from "./create.ts";
import { haveSameDomain } from "./domain.ts";
import { checkMember } from "./member.ts";
import { eventLevel, inviteLevel, powerLevelsOf, userLevel } from "./power-levels.ts";
import { checkPowerLevels } from "./power-levels-event.ts";
import { checkRedaction } from "./redaction.ts";
import { type AuthState, membershipOf } from "./state.ts";

/**
 * Decides whether a room in this state allows this event. The state always holds the create event (in room version 12,
 * too, where no event refers to it), and only one that was accepted.
 *
 * What an event refers to is judged by `checkAuthEvents`, its form and its signatures elsewhere.
 * @see https://spec.matrix.org/v1.19/server-server-api/#authorisation-rules
 * @see https://spec.matrix.org/v1.19/rooms/v12/#authorisation-rules
 */
export function checkAuth(event: RoomEvent, state: AuthState, rules: RoomVersionRules): Verdict {
  if (event.pdu.type === "m.room.create") return checkCreate(event, rules);
  const create = state.get("m.room.create", "");
  if (create === undefined) return refuse("room.create", "The room has no create event");
  const place = checkPlace(event, create, rules);
  if (!place.allowed) return place;

  const { sender } = event.pdu;
  const levels = powerLevelsOf(state, rules);
  const context = { event, sender, state, rules, create, levels, senderLevel: userLevel(levels, sender) };
  switch (event.pdu.type) {
    case "m.room.aliases":
      // v1 to v5.
      return rules.aliasesRule ? checkAliases(event) : checkByMember(context);
    case "m.room.member":
      return checkMember(context);
    default:
      return checkByMember(context);
  }
}

/** The room that the event is in is this one, and open to the sender's server. */
function checkPlace(event: RoomEvent, create: RoomEvent, rules: RoomVersionRules): Verdict {
  const { sender } = event.pdu;
  // Since v12: the room's ID is that of its create event, but for the sigil.
  if (rules.roomIdIsCreateHash && event.roomId !== `!${create.eventId.slice(1)}`) {
    return refuse("room.id", `${create.eventId} does not create the room ${event.roomId}`);
  }
  // All versions: in a room that is not federated nobody sends but users of the server that made it. (Synapse refuses
  // memberships of other servers' users as well; the text does not, and they could never join.)
  if (create.pdu.content["m.federate"] === false && !haveSameDomain(sender, create.pdu.sender)) {
    return refuse("room.federate", `The room is closed to other servers than that of ${create.pdu.sender}`);
  }
  return allow;
}

/** All events but memberships (and until v5 aliases): who is in the room may send what their power allows. */
function checkByMember(context: AuthContext): Verdict {
  const { event, sender, senderLevel, state, rules, levels } = context;
  const { type } = event.pdu;
  if (membershipOf(state, sender) !== "join") return refuse("sender.not-joined", `${sender} is not in the room`);
  // All versions: an invite to an address takes what any invite takes, and nothing else.
  if (type === "m.room.third_party_invite") return checkInviteLevel(context);

  const required = eventLevel(levels, type, event.stateKey !== undefined);
  if (required > senderLevel) {
    return refuse("sender.level", `${sender} has power level ${senderLevel}; sending ${type} takes ${required}`);
  }
  // All versions: state under a user's ID is that user's own.
  if (event.stateKey?.startsWith("@") === true && event.stateKey !== sender) {
    return refuse("state-key.other-user", `State under ${event.stateKey} is for that user alone to set`);
  }
  if (type === "m.room.power_levels") return checkPowerLevels(context);
  // v1, v2.
  if (type === "m.room.redaction" && rules.redactionRule) return checkRedaction(context);
  return allow;
}

function checkInviteLevel({ sender, senderLevel, levels }: AuthContext): Verdict {
  if (senderLevel >= inviteLevel(levels)) return allow;
  return refuse(
    "third-party-invite.level",
    `${sender} has power level ${senderLevel}; inviting takes ${inviteLevel(levels)}`,
  );
}
