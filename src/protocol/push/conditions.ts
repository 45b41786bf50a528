import { parsePropertyPath, type PropertyPath, readProperty } from "../dot-path.ts";
import { compileGlob, compileWordGlob, containsWords } from "../globs.ts";
import type { JsonObject, JsonValue } from "../json/json.ts";
import { ownLocalpart, ownUserId } from "./ruleset.ts";

/** What the evaluation knows of the room, the same for everybody in it. */
export interface PushRoomContext {
  /** Joined members, after the event. */
  readonly memberCount: number;
  /** The sender's power level; `Infinity` for creators since room version 12. */
  readonly senderPowerLevel: number;
  /** `notifications` of the power levels event, where there is one. */
  readonly notificationLevels?: JsonObject | undefined;
}

/** What the evaluation knows of the user whose rules these are. */
export interface PushUserContext {
  readonly userId: string;
  readonly localpart: string;
  /** Of the membership in this room, not of the profile. */
  readonly displayName?: string | undefined;
}

/** Whether a condition holds that is the same for every owner of the rules. */
export type SharedCondition = (event: JsonObject, room: PushRoomContext) => boolean;

/** A condition that depends on who owns the rules. */
export interface PersonalCondition {
  holdsFor(event: JsonObject, user: PushUserContext): boolean;
  /** False when it holds for nobody, whoever it is: then nobody needs to be asked. */
  mayHold(event: JsonObject): boolean;
}

/** A condition, compiled. */
export type Condition =
  | { readonly kind: "shared"; readonly holds: SharedCondition }
  | { readonly kind: "personal"; readonly condition: PersonalCondition };

/** A rule with a condition that we do not know never matches. */
const never: Condition = { kind: "shared", holds: () => false };
const shared = (holds: SharedCondition): Condition => ({ kind: "shared", holds });
const personal = (condition: PersonalCondition): Condition => ({ kind: "personal", condition });

const bodyPath: PropertyPath = ["content", "body"];
const defaultNotificationLevel = 50;
const memberCountPattern = /^(==|<=|>=|<|>)?(\d{1,15})$/;

/**
 * Compiles one condition. `isDefault`: only in the server's rules do placeholders stand for the owner.
 * @see https://spec.matrix.org/v1.19/client-server-api/#conditions-1
 */
export function compileCondition(condition: JsonObject, isDefault: boolean): Condition {
  switch (condition["kind"]) {
    case "event_match":
      return eventMatch(condition["key"], condition["pattern"], isDefault);
    case "event_property_is":
    // Names of the drafts (MSC3758, MSC3966), which stand in rules that clients stored before v1.7.
    case "org.matrix.msc3758.exact_event_match":
      return eventPropertyIs(condition["key"], condition["value"], isDefault);
    case "event_property_contains":
    case "org.matrix.msc3966.exact_event_property_contains":
      return eventPropertyContains(condition["key"], condition["value"], isDefault);
    case "contains_display_name":
      return containsDisplayName;
    case "room_member_count":
      return roomMemberCount(condition["is"]);
    case "sender_notification_permission":
      return senderNotificationPermission(condition["key"]);
    default:
      return never;
  }
}

/** The condition of every content rule: the pattern stands in the body between word boundaries. */
export const bodyMatches = (pattern: string, isDefault: boolean): Condition =>
  eventMatch("content.body", pattern, isDefault);

// A glob over a string property, case aside: the whole of it, but of `content.body` any part between word boundaries.
function eventMatch(key: JsonValue | undefined, pattern: JsonValue | undefined, isDefault: boolean): Condition {
  if (typeof key !== "string" || typeof pattern !== "string") return never;
  const path = parsePropertyPath(key);
  const isBody = key === "content.body";
  if (isDefault && (pattern === ownUserId || pattern === ownLocalpart)) return matchesOwner(path, pattern, isBody);
  const matches = isBody ? compileWordGlob(pattern, { ignoreCase: true }) : compileGlob(pattern, { ignoreCase: true });
  return shared((event) => {
    const value = readProperty(event, path);
    return typeof value === "string" && matches(value);
  });
}

/** The owner's name is no pattern: what looks like a wildcard in it is part of it. */
function matchesOwner(path: PropertyPath, placeholder: string, isBody: boolean): Condition {
  return personal({
    holdsFor(event, user) {
      const value = readProperty(event, path);
      if (typeof value !== "string") return false;
      const name = placeholder === ownUserId ? user.userId : user.localpart;
      return isBody ? containsWords(value, name) : value.toLowerCase() === name.toLowerCase();
    },
    mayHold: (event) => typeof readProperty(event, path) === "string",
  });
}

// Since v1.7: the same value, of the same type. Only strings, integers, booleans and null are ever the same.
function eventPropertyIs(key: JsonValue | undefined, value: JsonValue | undefined, isDefault: boolean): Condition {
  if (typeof key !== "string" || !isSimple(value)) return never;
  const path = parsePropertyPath(key);
  if (isDefault && value === ownUserId) {
    return personal({
      holdsFor: (event, user) => readProperty(event, path) === user.userId,
      mayHold: (event) => typeof readProperty(event, path) === "string",
    });
  }
  return shared((event) => readProperty(event, path) === value);
}

// Since v1.7: an array with the same value among its entries.
function eventPropertyContains(
  key: JsonValue | undefined,
  value: JsonValue | undefined,
  isDefault: boolean,
): Condition {
  if (typeof key !== "string" || !isSimple(value)) return never;
  const path = parsePropertyPath(key);
  const listOf = (event: JsonObject): readonly JsonValue[] => {
    const list = readProperty(event, path);
    return Array.isArray(list) ? list : [];
  };
  if (isDefault && value === ownUserId) {
    return personal({
      holdsFor: (event, user) => listOf(event).includes(user.userId),
      mayHold: (event) => listOf(event).length > 0,
    });
  }
  return shared((event) => listOf(event).includes(value));
}

// Deprecated since v1.17. The name stands in the body between word boundaries, as it is: a star in it is a star.
const containsDisplayName = personal({
  holdsFor(event, user) {
    const body = readProperty(event, bodyPath);
    return typeof body === "string" && user.displayName !== undefined && containsWords(body, user.displayName);
  },
  mayHold: (event) => typeof readProperty(event, bodyPath) === "string",
});

// A number, after a comparison or none, which means equality.
function roomMemberCount(is: JsonValue | undefined): Condition {
  const match = typeof is === "string" ? memberCountPattern.exec(is) : null;
  if (match === null) return never;
  const number = Number(match[2]);
  switch (match[1]) {
    case "<":
      return shared((_event, room) => room.memberCount < number);
    case ">":
      return shared((_event, room) => room.memberCount > number);
    case "<=":
      return shared((_event, room) => room.memberCount <= number);
    case ">=":
      return shared((_event, room) => room.memberCount >= number);
    default:
      return shared((_event, room) => room.memberCount === number);
  }
}

// The sender has the level that the power levels event asks of those who notify everybody.
function senderNotificationPermission(key: JsonValue | undefined): Condition {
  if (typeof key !== "string") return never;
  return shared((_event, room) => room.senderPowerLevel >= notificationLevel(room.notificationLevels, key));
}

/** Room versions before 10 may write levels as strings. */
function notificationLevel(levels: JsonObject | undefined, key: string): number {
  const level = levels !== undefined && Object.hasOwn(levels, key) ? levels[key] : undefined;
  if (typeof level === "number") return level;
  const isNumeric = typeof level === "string" && /^\s*[+-]?\d+\s*$/.test(level);
  return isNumeric ? Number(level) : defaultNotificationLevel;
}

/** What a condition can compare with: strings, integers, booleans and null. */
export const isSimple = (value: JsonValue | undefined): value is string | number | boolean | null =>
  value === null || typeof value === "string" || typeof value === "boolean" || Number.isSafeInteger(value);
