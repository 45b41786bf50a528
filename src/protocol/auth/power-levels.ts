import type { RoomEvent } from "../events/pdu.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json/json.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";
import { creatorOf, creatorsOf } from "./create.ts";
import { readLevel } from "./level.ts";
import type { AuthState } from "./state.ts";

/** The levels that stand directly in the content of `m.room.power_levels`, and what they are when it is silent. */
const defaults = {
  users_default: 0,
  events_default: 0,
  state_default: 50,
  ban: 50,
  redact: 50,
  kick: 50,
  invite: 0,
} as const;

/** A member of `m.room.power_levels` that is a level itself, not a map of levels. */
export type LevelName = keyof typeof defaults;

/** All of them, in the order in which the specification lists them. */
export const levelNames: readonly LevelName[] = [
  "users_default",
  "events_default",
  "state_default",
  "ban",
  "redact",
  "kick",
  "invite",
];

const notificationDefault = 50;
/** v1 to v11: what the creator may do before the room states its power levels. */
const creatorDefault = 100;

/**
 * Who may do what in a room, read from its state. Holds what the room states; the functions below fill in what it
 * leaves out. Values that are no level are left out too.
 * @see https://spec.matrix.org/v1.19/client-server-api/#mroompower_levels
 */
export interface PowerLevels {
  readonly named: ReadonlyMap<LevelName, number>;
  /** By event type. */
  readonly events: ReadonlyMap<string, number>;
  /** By kind of notification, e.g. `room`. */
  readonly notifications: ReadonlyMap<string, number>;
  /** By user ID. */
  readonly users: ReadonlyMap<string, number>;
  /** Since v12: whose power is infinite. Empty before. */
  readonly infinite: ReadonlySet<string>;
}

/** A user's power; `Infinity` for a creator since v12. */
export function userLevel(levels: PowerLevels, userId: string): number {
  if (levels.infinite.has(userId)) return Infinity;
  return levels.users.get(userId) ?? namedLevel(levels, "users_default");
}

/**
 * The power that sending an event of this type takes.
 * @see https://spec.matrix.org/v1.19/server-server-api/#definitions
 */
export function eventLevel(levels: PowerLevels, type: string, isState: boolean): number {
  return levels.events.get(type) ?? namedLevel(levels, isState ? "state_default" : "events_default");
}

/** One of the levels that stand directly in the content. */
export function namedLevel(levels: PowerLevels, name: LevelName): number {
  return levels.named.get(name) ?? defaults[name];
}

/** The power that inviting takes. */
export const inviteLevel = (levels: PowerLevels): number => namedLevel(levels, "invite");
/** The power that removing somebody takes; the target's power must be less than the sender's besides. */
export const kickLevel = (levels: PowerLevels): number => namedLevel(levels, "kick");
/** The power that banning takes; the target's power must be less than the sender's besides. */
export const banLevel = (levels: PowerLevels): number => namedLevel(levels, "ban");
/** The power that redacting what others sent takes. */
export const redactLevel = (levels: PowerLevels): number => namedLevel(levels, "redact");

/**
 * The power that a kind of notification takes, e.g. `room` for `@room`.
 * @see https://spec.matrix.org/v1.19/client-server-api/#conditions-1 sender_notification_permission
 */
export function notificationLevel(levels: PowerLevels, kind: string): number {
  return levels.notifications.get(kind) ?? notificationDefault;
}

interface Cached {
  readonly create: RoomEvent | undefined;
  readonly rules: RoomVersionRules;
  readonly levels: PowerLevels;
}

/** By the content of the power levels event, or of the create event where a room has no power levels. */
const cache = new WeakMap<JsonObject, Cached>();
const nothingStated: JsonObject = {};

/**
 * The power levels of a room in this state. The answer is remembered for as long as the event it was read from lives:
 * asking again costs two look-ups in the state.
 */
export function powerLevelsOf(state: AuthState, rules: RoomVersionRules): PowerLevels {
  const create = state.get("m.room.create", "");
  const stated = state.get("m.room.power_levels", "")?.pdu.content;
  const key = stated ?? create?.pdu.content ?? nothingStated;
  const cached = cache.get(key);
  if (cached !== undefined && cached.create === create && cached.rules === rules) return cached.levels;

  const creators = infiniteOf(create, rules);
  const levels = stated === undefined ? initialLevels(create, rules) : parsePowerLevels(stated, rules);
  const result = { ...levels, infinite: creators };
  cache.set(key, { create, rules, levels: result });
  return result;
}

/** Reads the content of one `m.room.power_levels` event, without regard to the room it is in (`infinite` is empty). */
export function parsePowerLevels(content: JsonObject, rules: RoomVersionRules): PowerLevels {
  const named = new Map<LevelName, number>();
  for (const name of levelNames) {
    const level = readLevel(content[name], rules);
    if (level !== undefined) named.set(name, level);
  }
  return {
    named,
    events: readLevels(content["events"], rules),
    notifications: readLevels(content["notifications"], rules),
    users: readLevels(content["users"], rules),
    infinite: new Set(),
  };
}

function readLevels(value: JsonValue | undefined, rules: RoomVersionRules): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  if (!isJsonObject(value)) return levels;
  for (const [key, stated] of Object.entries(value)) {
    const level = readLevel(stated, rules);
    if (level !== undefined) levels.set(key, level);
  }
  return levels;
}

/** v1 to v11: the creator has 100 until the room states its power levels, everybody else the default. */
function initialLevels(create: RoomEvent | undefined, rules: RoomVersionRules): PowerLevels {
  const levels = parsePowerLevels(nothingStated, rules);
  const creator = create && creatorOf(create, rules);
  if (creator === undefined || rules.creatorsHaveInfinitePower) return levels;
  return { ...levels, users: new Map([[creator, creatorDefault]]) };
}

/** Since v12: the creators' power is infinite, whatever the room states. */
function infiniteOf(create: RoomEvent | undefined, rules: RoomVersionRules): ReadonlySet<string> {
  return create !== undefined && rules.creatorsHaveInfinitePower ? creatorsOf(create, rules) : new Set();
}
