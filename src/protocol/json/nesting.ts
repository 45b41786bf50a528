import type { JsonValue } from "./json.ts";

/**
 * How deep values from outside may nest. No honest event comes near; what goes through values recursively is safe below
 * it, and other servers' parsers give up at similar depths.
 */
export const maxNesting = 200;

/** Whether lists and objects stand within each other more than `limit` deep; `[]` and `{}` are one deep. */
export function isNestedDeeperThan(value: JsonValue, limit: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (limit === 0) return true;
  for (const member of Object.values<JsonValue>(value)) {
    if (typeof member === "object" && member !== null && isNestedDeeperThan(member, limit - 1)) return true;
  }
  return false;
}
