/** Any JSON value, as `JSON.parse` gives it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object. Members named `__proto__` are own properties, never the prototype. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}
