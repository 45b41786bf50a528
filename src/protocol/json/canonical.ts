import { compareCodePoints } from "./code-points.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/** Up to this many names are sorted by insertion, which beats the built-in sort for the few names that objects have. */
const fewNames = 24;

/**
 * The one encoding of a value that hashes and signatures cover: names in the order of their code points, no white space,
 * no escapes that are not needed.
 *
 * Total, so that it serves room versions 1 to 5 as well: floats are written as JavaScript does, integers beyond 2^53
 * with all their digits, and what is not a number as `null`. Use `checkCanonicalJson` where those are to be refused.
 * Recursive: values from outside must have passed a limit of nesting (`parseJson` has one).
 * @see https://spec.matrix.org/v1.19/appendices/#canonical-json
 */
export function canonicalJson(value: JsonValue): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return writeNumber(value);
    case "boolean":
      return value ? "true" : "false";
    default:
      if (value === null) return "null";
      return isList(value) ? writeList(value) : writeObject(value);
  }
}

/** The names of an object in the order of their code points. */
export function sortedNames(object: JsonObject): readonly string[] {
  const names = Object.keys(object);
  if (names.length > fewNames) return names.toSorted(compareCodePoints);
  for (let end = 1; end < names.length; end++) insertName(names, end);
  return names;
}

/** Moves the name at `end` to its place among the sorted ones before it. */
function insertName(names: string[], end: number): void {
  const name = names[end] ?? "";
  let place = end;
  for (; place > 0; place--) {
    const before = names[place - 1] ?? "";
    if (compareCodePoints(before, name) <= 0) break;
    names[place] = before;
  }
  names[place] = name;
}

function writeObject(object: JsonObject): string {
  let text = "{";
  for (const name of sortedNames(object)) {
    const value = object[name];
    if (value === undefined) continue;
    if (text !== "{") text += ",";
    text += `${JSON.stringify(name)}:${canonicalJson(value)}`;
  }
  return `${text}}`;
}

function writeList(list: readonly JsonValue[]): string {
  let text = "[";
  for (let index = 0; index < list.length; index++) {
    if (index > 0) text += ",";
    text += canonicalJson(list[index] ?? null);
  }
  return `${text}]`;
}

function writeNumber(value: number): string {
  if (Number.isSafeInteger(value)) return value === 0 ? "0" : String(value);
  if (Number.isInteger(value)) return BigInt(value).toString();
  return Number.isFinite(value) ? String(value) : "null";
}

const isList = (value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] => Array.isArray(value);
