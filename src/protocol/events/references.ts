import type { JsonValue } from "../json/json.ts";

/**
 * The IDs that `prev_events` or `auth_events` name, be they IDs alone or pairs of ID and hashes. What is neither is left
 * out; `checkEventFormat` refuses it.
 */
export function eventIdsOf(references: readonly JsonValue[]): string[] {
  const ids: string[] = [];
  for (const reference of references) {
    const id = Array.isArray(reference) ? reference[0] : reference;
    if (typeof id === "string") ids.push(id);
  }
  return ids;
}
