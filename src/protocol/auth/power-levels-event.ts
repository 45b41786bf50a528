import { isUserId } from "../ids/ids.ts";
import { isJsonObject, type JsonObject } from "../json/json.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";
import { allow, refuse, type Verdict } from "../verdict.ts";
import type { AuthContext } from "./context.ts";
import { creatorsOf } from "./create.ts";
import { readLevel } from "./level.ts";
import { levelNames, type PowerLevels, parsePowerLevels } from "./power-levels.ts";

/**
 * Decides on a new `m.room.power_levels`: nobody may touch what is above their own power, or raise anything above it.
 * @see https://spec.matrix.org/v1.19/rooms/v1/#authorisation-rules rule 10
 * @see https://spec.matrix.org/v1.19/rooms/v12/#authorisation-rules rule 10
 */
export function checkPowerLevels(context: AuthContext): Verdict {
  const { event, state, rules } = context;
  const { content } = event.pdu;
  const form = checkForm(content, rules);
  if (!form.allowed) return form;
  const creators = checkNoCreator(context);
  if (!creators.allowed) return creators;

  // All versions: the first ones may say anything.
  if (state.get("m.room.power_levels", "") === undefined) return allow;
  return checkAlterations(context, parsePowerLevels(content, rules));
}

/** What must be levels is levels, as the room version understands them. Everything may be absent. */
function checkForm(content: JsonObject, rules: RoomVersionRules): Verdict {
  // Since v10: integers where they stand. Before, the text demands so of `users` alone, and of the others only says how
  // a string or a float is read. We refuse what cannot be read: nobody could tell what it means.
  for (const name of levelNames) {
    if (content[name] !== undefined && readLevel(content[name], rules) === undefined) {
      return refuse("power-levels.level", `${name} is not a power level`);
    }
  }
  for (const name of ["events", "notifications"] as const) {
    const verdict = checkLevelMap(content, name, rules);
    if (!verdict.allowed) return verdict;
  }
  const users = checkLevelMap(content, "users", rules);
  if (!users.allowed) return users;
  // All versions: the keys of `users` are user IDs.
  const stranger = Object.keys(mapIn(content, "users")).find((key) => !isUserId(key));
  if (stranger === undefined) return allow;
  return refuse("power-levels.users.user-id", `${JSON.stringify(stranger)} in users is not a user ID`);
}

type LevelMapName = "events" | "notifications" | "users";

function checkLevelMap(content: JsonObject, name: LevelMapName, rules: RoomVersionRules): Verdict {
  const levels = content[name];
  // Since v10 each of them, before v10 `users` alone, must be an object when present.
  const mustBeObject = rules.integerPowerLevels || name === "users";
  if (levels !== undefined && mustBeObject && !isJsonObject(levels)) {
    return refuse(`power-levels.${name}`, `${name} is not an object`);
  }
  const wrong = Object.entries(mapIn(content, name)).find(([, level]) => readLevel(level, rules) === undefined);
  if (wrong === undefined) return allow;
  return refuse(`power-levels.${name}.level`, `${JSON.stringify(wrong[0])} in ${name} is not a power level`);
}

function mapIn(content: JsonObject, name: LevelMapName): JsonObject {
  const levels = content[name];
  return isJsonObject(levels) ? levels : {};
}

/** Since v12: creators have no level that could be stated. */
function checkNoCreator({ event, rules, create }: AuthContext): Verdict {
  if (!rules.creatorsHaveInfinitePower) return allow;
  const users = mapIn(event.pdu.content, "users");
  for (const creator of creatorsOf(create, rules)) {
    if (Object.hasOwn(users, creator)) {
      return refuse("power-levels.users.creator", `${creator} made the room: no power level can be stated for them`);
    }
  }
  return allow;
}

/** All versions: each level that is added, altered or removed, by what it means and not by how it is written. */
function checkAlterations(context: AuthContext, after: PowerLevels): Verdict {
  const before = context.levels;
  // Since v6: those of `notifications` are guarded as well.
  const places = context.rules.notificationsGuarded
    ? guardedPlaces
    : guardedPlaces.filter((place) => place !== "notifications");
  for (const place of places) {
    const verdict = checkPlace(place, { before: before[place], after: after[place] }, context);
    if (!verdict.allowed) return verdict;
  }
  return allow;
}

const guardedPlaces = ["named", "events", "notifications", "users"] as const;

interface Alteration {
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
}

function checkPlace(
  place: (typeof guardedPlaces)[number],
  { before, after }: Alteration,
  context: AuthContext,
): Verdict {
  const { sender, senderLevel } = context;
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const current = before.get(key);
    const next = after.get(key);
    if (current === next) continue;
    // All versions: who alters or removes a level has it. Of another user one must have more.
    const isOtherUser = place === "users" && key !== sender;
    if (current !== undefined && (current > senderLevel || (isOtherUser && current === senderLevel))) {
      return refuse(
        `power-levels.${place}.current`,
        `${key} is ${current}; ${sender} with ${senderLevel} may not alter it`,
      );
    }
    // All versions: nobody hands out more than they have.
    if (next !== undefined && next > senderLevel) {
      return refuse(`power-levels.${place}.next`, `${sender} with ${senderLevel} may not set ${key} to ${next}`);
    }
  }
  return allow;
}
