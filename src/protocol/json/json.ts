/** Any JSON value, as `JSON.parse` gives it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object. Members named `__proto__` are own properties, never the prototype. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** Whether a JSON value is an object: neither `null` nor a list. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads text that this program wrote, or has checked, and that holds an object.
 * @throws SyntaxError, TypeError when it holds something else.
 */
export function parseJsonObject(text: string): JsonObject {
  const value: JsonValue = JSON.parse(text);
  if (!isJsonObject(value)) throw new TypeError("The text holds no JSON object");
  return value;
}
