import { isJsonObject, type JsonObject, type JsonValue } from "./json/json.ts";

/** The names that lead from an event to one of its properties. */
export type PropertyPath = readonly string[];

/**
 * Reads `content.m\.relates_to` as `["content", "m.relates_to"]`. A backslash before anything but a dot or a backslash
 * is an ordinary character.
 * @see https://spec.matrix.org/v1.19/appendices/#dot-separated-property-paths
 */
export function parsePropertyPath(text: string): PropertyPath {
  const names: string[] = [];
  let name = "";
  for (let index = 0; index < text.length; index++) {
    const unit = text.charAt(index);
    const next = text.charAt(index + 1);
    if (unit === ".") {
      names.push(name);
      name = "";
    } else if (unit === "\\" && (next === "." || next === "\\")) {
      name += next;
      index += 1;
    } else {
      name += unit;
    }
  }
  return [...names, name];
}

/** The inverse of `parsePropertyPath`. */
export const formatPropertyPath = (path: PropertyPath): string =>
  path.map((name) => name.replaceAll(/[.\\]/g, (special) => `\\${special}`)).join(".");

/** The value at the path; `undefined` when a name on the way is absent. Arrays are not entered. */
export function readProperty(object: JsonObject, path: PropertyPath): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const name of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/**
 * A copy with the properties at the paths alone; what is absent stays absent. The one use is `event_fields` of a filter.
 * @see https://spec.matrix.org/v1.19/client-server-api/#filtering
 */
export function pickProperties(object: JsonObject, paths: readonly PropertyPath[]): JsonObject {
  const picked: [string, JsonValue][] = [];
  for (const [name, inner] of groupByHead(paths)) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value === undefined) continue;
    if (inner.some((path) => path.length === 0)) picked.push([name, value]);
    else if (isJsonObject(value)) picked.push([name, pickProperties(value, inner)]);
  }
  // Not by assignment: a member may be called `__proto__`.
  return Object.fromEntries(picked);
}

function groupByHead(paths: readonly PropertyPath[]): Map<string, PropertyPath[]> {
  const groups = new Map<string, PropertyPath[]>();
  for (const [head, ...rest] of paths) {
    if (head === undefined) continue;
    const group = groups.get(head) ?? [];
    group.push(rest);
    groups.set(head, group);
  }
  return groups;
}
