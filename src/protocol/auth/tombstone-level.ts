import { isJsonObject, type JsonObject } from "../json/json.ts";

/** Above everybody who is no creator, as rooms are made. */
const CREATORS_LEVEL = 150;

/**
 * The content of power levels with what it takes to replace the room, for room versions whose creators stand above all
 * levels: since there a level must be said, and be above that of other state. One that is said stays.
 * @see https://spec.matrix.org/v1.19/client-server-api/#mroompower_levels
 */
export function withTombstoneLevel(content: JsonObject): JsonObject {
  const { events = {}, state_default: stateLevel } = content;
  // What is no map is refused as such by the authorisation rules.
  if (!isJsonObject(events) || Object.hasOwn(events, "m.room.tombstone")) return content;
  const least = typeof stateLevel === "number" ? stateLevel + 1 : 0;
  return { ...content, events: { ...events, "m.room.tombstone": Math.max(CREATORS_LEVEL, least) } };
}
