import {
  banLevel,
  eventLevel,
  inviteLevel,
  namedLevel,
  parsePowerLevels,
  userLevel,
} from "../../protocol/auth/power-levels.ts";
import { withTombstoneLevel } from "../../protocol/auth/tombstone-level.ts";
import { isUserId } from "../../protocol/ids/ids.ts";
import { isJsonObject, type JsonObject } from "../../protocol/json/json.ts";
import type { RoomVersionRules } from "../../protocol/room-versions/rules.ts";

/** The level of a creator where levels are all there is. */
const CREATOR_LEVEL = 100;
/** What it takes to speak in a room that was replaced, at least. */
const CLOSED_LEVEL = 50;

/** Who replaces what. */
export interface Succession {
  /** The content of the old room's power levels. */
  readonly old: JsonObject;
  readonly oldRules: RoomVersionRules;
  readonly newRules: RoomVersionRules;
  readonly creators: readonly string[];
  /** The one of the creators who makes the new room. */
  readonly upgrader: string;
  /** Whether the upgrader stands above all levels in the old room. */
  readonly isAboveLevels: boolean;
}

/** The power levels of the new room: those that its first events need, and those that it keeps. */
export interface SuccessorLevels {
  readonly first: JsonObject;
  readonly lasting: JsonObject;
}

/**
 * The old room's power levels for the new room. Who may replace a room may be too weak to set up another: then the first
 * levels raise them for that time.
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-behaviour-16
 * @see https://spec.matrix.org/v1.19/rooms/v12/ (creators stand above all levels and may not be among the users)
 */
export function successorLevels(succession: Succession): SuccessorLevels {
  const { newRules, creators, upgrader, isAboveLevels } = succession;
  const base = readable(succession);
  const users = Object.entries(isJsonObject(base["users"]) ? base["users"] : {}).filter(([userId]) => isUserId(userId));
  if (newRules.creatorsHaveInfinitePower) {
    const others = users.filter(([userId]) => !creators.includes(userId));
    const lasting = withTombstoneLevel({ ...base, users: Object.fromEntries(others) });
    return { first: lasting, lasting };
  }
  const lasting = { ...base, users: Object.fromEntries(users) };
  const levels = parsePowerLevels(lasting, newRules);
  const needed = Math.max(eventLevel(levels, "", true), banLevel(levels), ...levels.events.values());
  const raisedTo = (level: number): JsonObject => ({ ...lasting, users: { ...lasting.users, [upgrader]: level } });
  if (isAboveLevels) {
    const raised = raisedTo(Math.max(CREATOR_LEVEL, needed));
    return { first: raised, lasting: raised };
  }
  if (userLevel(levels, upgrader) >= needed) return { first: lasting, lasting };
  return { first: raisedTo(needed), lasting };
}

/** Since v10 levels are integers: what earlier rooms have as text or with a fraction becomes what it was read as. */
function readable({ old, oldRules, newRules }: Succession): JsonObject {
  if (oldRules.integerPowerLevels || !newRules.integerPowerLevels) return old;
  const { named, events, users, notifications } = parsePowerLevels(old, oldRules);
  return {
    ...old,
    ...Object.fromEntries(named),
    events: Object.fromEntries(events),
    users: Object.fromEntries(users),
    ...("notifications" in old && { notifications: Object.fromEntries(notifications) }),
  };
}

/**
 * Power levels under which nobody just speaks or invites in the old room; `undefined` when they are so already.
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-behaviour-16
 */
export function closedLevels(old: JsonObject, rules: RoomVersionRules): JsonObject | undefined {
  const levels = parsePowerLevels(old, rules);
  const least = Math.max(CLOSED_LEVEL, namedLevel(levels, "users_default") + 1);
  const events_default = Math.max(least, namedLevel(levels, "events_default"));
  const invite = Math.max(least, inviteLevel(levels));
  if (events_default === namedLevel(levels, "events_default") && invite === inviteLevel(levels)) return undefined;
  return { ...old, events_default, invite };
}
