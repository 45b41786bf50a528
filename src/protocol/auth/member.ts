// The rules for `m.room.member`, one function per membership that the event would give its target. Numbers of rules
// differ between versions; the comments name the versions instead.

import type { RoomEvent } from "../events/pdu.ts";
import { eventIdsOf } from "../events/references.ts";
import { allow, refuse, type Verdict } from "../verdict.ts";
import type { AuthContext, MemberContext } from "./context.ts";
import { creatorOf } from "./create.ts";
import { banLevel, inviteLevel, kickLevel, userLevel } from "./power-levels.ts";
import { joinRuleOf, membershipOf } from "./state.ts";
import { checkThirdPartyInvite } from "./third-party-invite.ts";

/**
 * Decides on a change of membership. It needs neither the levels of `events` and `state_default` nor, where the rule
 * does not say so, a sender who is in the room.
 * @see https://spec.matrix.org/v1.19/rooms/v12/#authorisation-rules rule 5
 */
export function checkMember(context: AuthContext): Verdict {
  const { pdu, stateKey } = context.event;
  const membership = pdu.content["membership"];
  if (stateKey === undefined) return refuse("member.state-key", "A membership needs a state key: whose it is");
  if (membership === undefined) return refuse("member.membership", "The content states no membership");

  const change = { ...context, target: stateKey };
  switch (membership) {
    case "join":
      return checkJoin(change);
    case "invite":
      return pdu.content["third_party_invite"] === undefined ? checkInvite(change) : checkThirdPartyInvite(change);
    case "leave":
      return checkLeave(change);
    case "ban":
      return checkBan(change);
    case "knock":
      // Since v7.
      if (context.rules.knock) return checkKnock(change);
  }
  return refuse("member.unknown", `This room version knows no membership ${JSON.stringify(membership)}`);
}

function checkJoin(context: MemberContext): Verdict {
  const { event, sender, target, state, rules, create } = context;
  // All versions: the creator's join right behind the create event begins the room.
  if (followsOnly(event, create) && target === creatorOf(create, rules)) return allow;

  // All versions: a join is one's own, and not for the banned.
  if (sender !== target) return refuse("member.join.other", `${sender} cannot join for ${target}`);
  const membership = membershipOf(state, sender);
  if (membership === "ban") return refuse("member.join.banned", `${sender} is banned from the room`);

  // All versions: everybody may join a public room, the invited one that is not; any other join rule is closed.
  const joinRule = joinRuleOf(state);
  if (joinRule === "public") return allow;
  if (!mayJoinWhenInvited(joinRule, context)) {
    return refuse("member.join.join-rule", `The join rule ${JSON.stringify(joinRule)} lets nobody join`);
  }
  if (membership === "invite" || membership === "join") return allow;
  if (isRestricted(joinRule, context)) return checkAuthoriser(context);
  return refuse("member.join.not-invited", `${sender} is not invited to the room`);
}

function followsOnly({ pdu }: RoomEvent, previous: RoomEvent): boolean {
  const [first] = eventIdsOf(pdu.prev_events);
  return pdu.prev_events.length === 1 && first === previous.eventId;
}

/** Under `invite`, since v7 `knock`, since v8 `restricted` and since v10 `knock_restricted`, the invited may join. */
function mayJoinWhenInvited(joinRule: string, context: MemberContext): boolean {
  return joinRule === "invite" || (context.rules.knock && joinRule === "knock") || isRestricted(joinRule, context);
}

/** Since v8 `restricted`, since v10 `knock_restricted`: a member who may invite can vouch for a join. */
function isRestricted(joinRule: string, { rules }: AuthContext): boolean {
  return (rules.restricted && joinRule === "restricted") || (rules.knockRestricted && joinRule === "knock_restricted");
}

/** Since v8: who vouches is in the room and has the power to invite. That their server signed is checked elsewhere. */
function checkAuthoriser({ event, sender, state, levels }: MemberContext): Verdict {
  const authoriser = event.pdu.content["join_authorised_via_users_server"];
  if (typeof authoriser !== "string") {
    return refuse("member.join.not-authorised", `${sender} is not invited, and nobody vouches for the join`);
  }
  if (membershipOf(state, authoriser) !== "join") {
    return refuse("member.join.authoriser-not-joined", `${authoriser}, who vouches for the join, is not in the room`);
  }
  if (userLevel(levels, authoriser) < inviteLevel(levels)) {
    return refuse("member.join.authoriser-level", `${authoriser}, who vouches for the join, may not invite`);
  }
  return allow;
}

/** All versions: an invite by a member with the power to do so, to somebody who is neither in the room nor banned. */
function checkInvite({ sender, senderLevel, target, state, levels }: MemberContext): Verdict {
  if (membershipOf(state, sender) !== "join") {
    return refuse("member.invite.sender-not-joined", `${sender} is not in the room`);
  }
  const membership = membershipOf(state, target);
  if (membership === "join") return refuse("member.invite.joined", `${target} is in the room already`);
  if (membership === "ban") return refuse("member.invite.banned", `${target} is banned from the room`);
  if (senderLevel >= inviteLevel(levels)) return allow;
  return refuse("member.invite.level", tooLittle(sender, senderLevel, "inviting", inviteLevel(levels)));
}

function checkLeave(context: MemberContext): Verdict {
  const { sender, senderLevel, target, state, levels } = context;
  if (sender === target) return checkOwnLeave(context);

  if (membershipOf(state, sender) !== "join") {
    return refuse("member.leave.sender-not-joined", `${sender} is not in the room`);
  }
  // All versions: lifting a ban takes the power to ban, and by the rules below that to kick.
  if (membershipOf(state, target) === "ban" && senderLevel < banLevel(levels)) {
    return refuse("member.leave.unban-level", tooLittle(sender, senderLevel, "lifting a ban", banLevel(levels)));
  }
  if (senderLevel < kickLevel(levels)) {
    return refuse("member.leave.kick-level", tooLittle(sender, senderLevel, "removing others", kickLevel(levels)));
  }
  if (userLevel(levels, target) < senderLevel) return allow;
  return refuse("member.leave.target-level", `${target} has no less power than ${sender}`);
}

/** All versions: one may leave, or decline an invite; since v7 also take back a knock. */
function checkOwnLeave({ sender, state, rules }: MemberContext): Verdict {
  const membership = membershipOf(state, sender);
  if (membership === "join" || membership === "invite") return allow;
  if (rules.knock && membership === "knock") return allow;
  return refuse("member.leave.not-there", `${sender} is neither in the room nor invited`);
}

/** All versions: a ban by a member with the power to do so, of somebody with less power. */
function checkBan({ sender, senderLevel, target, state, levels }: MemberContext): Verdict {
  if (membershipOf(state, sender) !== "join") {
    return refuse("member.ban.sender-not-joined", `${sender} is not in the room`);
  }
  if (senderLevel < banLevel(levels)) {
    return refuse("member.ban.level", tooLittle(sender, senderLevel, "banning", banLevel(levels)));
  }
  if (userLevel(levels, target) < senderLevel) return allow;
  return refuse("member.ban.target-level", `${target} has no less power than ${sender}`);
}

/** Since v7 `knock`, since v10 `knock_restricted`: whoever is neither in the room, invited nor banned may knock. */
function checkKnock({ sender, target, state, rules }: MemberContext): Verdict {
  const joinRule = joinRuleOf(state);
  if (joinRule !== "knock" && !(rules.knockRestricted && joinRule === "knock_restricted")) {
    return refuse("member.knock.join-rule", `The join rule ${JSON.stringify(joinRule)} lets nobody knock`);
  }
  if (sender !== target) return refuse("member.knock.other", `${sender} cannot knock for ${target}`);
  const membership = membershipOf(state, sender);
  if (membership === "ban") return refuse("member.knock.banned", `${sender} is banned from the room`);
  if (membership === "invite") return refuse("member.knock.invited", `${sender} is invited already`);
  if (membership === "join") return refuse("member.knock.joined", `${sender} is in the room already`);
  return allow;
}

const tooLittle = (userId: string, has: number, what: string, takes: number): string =>
  `${userId} has power level ${has}; ${what} takes ${takes}`;
