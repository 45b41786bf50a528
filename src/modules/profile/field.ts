import { invalidParam, keyTooLarge } from "../../http/errors.ts";
import type { JsonValue } from "../../protocol/json/json.ts";

/** The fields that membership events carry as well. */
export const memberFields: ReadonlySet<string> = new Set(["displayname", "avatar_url"]);

const maximumNameBytes = 255;
const namePattern = /^[a-z][a-z0-9._-]*$/;
const maximumLengths = new Map([
  ["displayname", 256],
  ["avatar_url", 1000],
]);

/**
 * @throws MatrixError 400 `M_KEY_TOO_LARGE` or `M_INVALID_PARAM`
 * @see https://spec.matrix.org/v1.19/appendices/#common-namespaced-identifier-grammar
 */
export function checkName(name: string): void {
  if (Buffer.byteLength(name) > maximumNameBytes)
    throw keyTooLarge("The name of a profile field has at most 255 bytes");
  if (!namePattern.test(name)) throw invalidParam("The name of a profile field is of small letters, digits and ._-");
}

/**
 * What is stored for a value that a client gave; `undefined` = the field is removed, which `null` and the empty string
 * mean for names and pictures, since clients have no other way in older versions.
 * @throws MatrixError 400 `M_INVALID_PARAM`
 */
export function acceptedValue(name: string, value: JsonValue): JsonValue | undefined {
  const maximumLength = maximumLengths.get(name);
  if (maximumLength === undefined) return value;
  if (value === null || value === "") return undefined;
  if (typeof value !== "string") throw invalidParam(`${name} is a string`);
  if (value.length > maximumLength) throw invalidParam(`${name} has at most ${maximumLength} characters`);
  return value;
}
