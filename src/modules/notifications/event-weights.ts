/*
 * What an event counts for whom, as rows for audiences. The first row is what it counts for everybody by the default
 * rules; the others are differences to it: of a rule set, and of single users whom the event concerns personally. So the
 * rows for a message grow with the mentions in it and the rule sets of the members, not with the members.
 */
import { powerLevelsOf, userLevel } from "../../protocol/auth/power-levels.ts";
import { isJsonObject, type JsonObject } from "../../protocol/json/json.ts";
import { parseUserId } from "../../protocol/ids/ids.ts";
import type { PushRoomContext, PushUserContext } from "../../protocol/push/conditions.ts";
import type { SharedPushOutcome } from "../../protocol/push/evaluate.ts";
import type { FollowedRoom } from "../../engine/rooms/follower.ts";
import { EventsMissing } from "../../engine/rooms/events.store.ts";
import { NodesMissing } from "../../engine/rooms/state/trie.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { RoomNames } from "./room-names.ts";
import { type CountingRules, defaultCountingRules, type Weight, weightOf } from "./counting-rules.ts";
import { displayNameIn } from "./names.ts";
import { ownAudience } from "./notifying.store.ts";
import type { RoomTally } from "./room-tally.ts";

/** So many who are mentioned in one event, and so many who are called by name, are told of it. */
const MENTION_LIMIT = 1_000;

/** What an event counts for an audience. */
export interface AudienceWeight extends Weight {
  readonly audience: string;
}

/** The room as counting sees it: by its state with the event taken in. */
export type CountedState = Pick<FollowedRoom, "roomId" | "rules" | "state">;

/** An event, ready to be asked about. */
export interface Asked {
  readonly event: StoredEvent;
  /** As rules see it. */
  readonly json: JsonObject;
  readonly context: PushRoomContext;
}

interface Needs {
  readonly serverName: string;
  /** How many are joined to the room. May throw to have it found out: then all is done again. */
  readonly memberCount: (room: FollowedRoom) => number;
  /** By what names the local members of a room are called. May throw to have it found out: then all is done again. */
  readonly namesIn: (roomNid: number) => RoomNames;
}

/** Weighs events. */
export type Weighing = ReturnType<typeof weighing>;

export function weighing({ serverName, memberCount, namesIn }: Needs) {
  const ask = (event: StoredEvent, room: FollowedRoom): Asked => ({
    event,
    json: event.pdu["room_id"] === undefined ? { ...event.pdu, room_id: event.roomId } : event.pdu,
    context: roomContext(event, room, memberCount),
  });
  return {
    ask,

    /** What an event counts for everybody in the room. */
    forAll(event: StoredEvent, room: FollowedRoom, tally: RoomTally): AudienceWeight[] {
      const asked = ask(event, room);
      const byDefault = sharedWeight(defaultCountingRules, asked);
      const weights = byDefault.weight.notify === 0 ? [] : [{ audience: "", ...byDefault.weight }];
      const bySet = new Map<string, Shared>();
      for (const [id, { rules }] of tally.customised) {
        const shared = sharedWeight(rules, asked);
        bySet.set(id, shared);
        push(weights, id, shared.weight, byDefault.weight);
      }
      const isPersonal = byDefault.mayDiffer || [...bySet.values()].some(({ mayDiffer }) => mayDiffer);
      if (!isPersonal) return weights;
      const userIds = concerned(asked, { tally, bySet, serverName, names: () => namesIn(room.nid) });
      for (const member of membersIn(room, userIds)) {
        const own = tally.rulesOf(member.userId);
        push(weights, member.userId, personalWeight(defaultCountingRules, asked, member), byDefault.weight);
        const shared = own && bySet.get(own.id);
        if (!shared) continue;
        push(weights, ownAudience(own.id, member.userId), personalWeight(own, asked, member), shared.weight);
      }
      return weights;
    },

    /**
     * What an event counts by other rules, for all who have them and for one of those: beside what it counts for
     * everybody.
     */
    forMember(asked: Asked, member: PushUserContext, rules: CountingRules, byDefault: Weight): AudienceWeight[] {
      const weights: AudienceWeight[] = [];
      const { weight } = sharedWeight(rules, asked);
      push(weights, rules.id, weight, byDefault);
      if (asked.event.pdu.sender !== member.userId)
        push(weights, ownAudience(rules.id, member.userId), personalWeight(rules, asked, member), weight);
      return weights;
    },
  };
}

interface Shared {
  readonly weight: Weight;
  readonly mayDiffer: boolean;
}

function sharedWeight(rules: CountingRules, { json, context }: Asked): Shared {
  const { outcome, mayDiffer }: SharedPushOutcome = rules.compiled.evaluateShared(json, context);
  return { weight: weightOf(outcome), mayDiffer };
}

const personalWeight = ({ compiled }: CountingRules, { json, context }: Asked, member: PushUserContext): Weight =>
  weightOf(compiled.evaluate(json, { ...context, ...member }));

function push(weights: AudienceWeight[], audience: string, weight: Weight, base: Weight): void {
  const notify = weight.notify - base.notify;
  const highlight = weight.highlight - base.highlight;
  if (notify !== 0 || highlight !== 0) weights.push({ audience, notify, highlight });
}

function roomContext(event: StoredEvent, room: FollowedRoom, memberCount: Needs["memberCount"]): PushRoomContext {
  const levels = powerLevelsOf({ get: (type, stateKey) => room.state(type, stateKey) }, room.rules);
  const notifications = room.state("m.room.power_levels", "")?.pdu.content["notifications"];
  return {
    memberCount: memberCount(room),
    senderPowerLevel: userLevel(levels, event.pdu.sender),
    notificationLevels: isJsonObject(notifications) ? notifications : undefined,
  };
}

interface Concern {
  readonly tally: RoomTally;
  readonly bySet: ReadonlyMap<string, Shared>;
  readonly serverName: string;
  readonly names: () => RoomNames;
}

/**
 * Local users whom a personal condition may concern: those who are mentioned, or called by name where nobody said who is
 * mentioned, and owners of rules that say more.
 */
function concerned({ event, json }: Asked, { tally, bySet, serverName, names }: Concern): string[] {
  const userIds = new Set([...mentionedIn(json, `:${serverName}`), ...namedIn(json, names)]);
  for (const [id, { rules, userIds: owners }] of tally.customised) {
    if (rules.asksEveryOwner && bySet.get(id)?.mayDiffer) for (const owner of owners) userIds.add(owner);
  }
  userIds.delete(event.pdu.sender);
  return [...userIds];
}

/** @see https://spec.matrix.org/v1.19/client-server-api/#user-and-room-mentions */
function mentionedIn({ content }: JsonObject, suffix: string): string[] {
  const mentions = isJsonObject(content) ? content["m.mentions"] : undefined;
  const userIds = isJsonObject(mentions) ? mentions["user_ids"] : undefined;
  if (!Array.isArray(userIds)) return [];
  const local = userIds.filter((userId): userId is string => typeof userId === "string" && userId.endsWith(suffix));
  return [...new Set(local)].slice(0, MENTION_LIMIT);
}

/**
 * Whom the server's rules of v1.4 may find in the body.
 * @see https://spec.matrix.org/v1.4/client-server-api/#predefined-rules
 */
function namedIn({ content }: JsonObject, names: () => RoomNames): string[] {
  const body = isJsonObject(content) ? content["body"] : undefined;
  if (!isJsonObject(content) || typeof body !== "string" || content["m.mentions"] !== undefined) return [];
  return [...names().foundIn(body)].slice(0, MENTION_LIMIT);
}

/**
 * Those of the users who are joined, as rules see them.
 * @throws NodesMissing, EventsMissing with all that is missing at once
 */
function membersIn(room: CountedState, userIds: readonly string[]): PushUserContext[] {
  const members: PushUserContext[] = [];
  const names = new Set<string>();
  const positions = new Set<number>();
  for (const userId of userIds) {
    try {
      const member = memberIn(room, userId);
      if (member) members.push(member);
    } catch (error) {
      if (error instanceof NodesMissing) for (const name of error.names) names.add(name);
      else if (error instanceof EventsMissing) for (const position of error.positions) positions.add(position);
      else throw error;
    }
  }
  if (names.size > 0) throw new NodesMissing([...names]);
  if (positions.size > 0) throw new EventsMissing([...positions]);
  return members;
}

/** A member as rules see it; `undefined` for one who is not joined. */
export function memberIn(room: CountedState, userId: string): PushUserContext | undefined {
  const content = room.state("m.room.member", userId)?.pdu.content;
  const localpart = parseUserId(userId)?.localpart;
  if (content?.["membership"] !== "join" || localpart === undefined) return undefined;
  return { userId, localpart, displayName: displayNameIn(content) };
}
