import type { JsonObject, JsonValue } from "../json/json.ts";

/** Whether a JSON value is an object: neither `null` nor a list. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
