import type { Release, Schema } from "./specification.ts";

/** The members of an object schema at its top level, whatever it is put together from. */
export type Members = { readonly properties: ReadonlyMap<string, Schema>; readonly required: ReadonlySet<string> };

/** Follows `$ref` and `allOf`. Alternatives (`oneOf`, `anyOf`) require only what all of them require. */
export function membersOf(schema: unknown, release: Release): Members {
  const own = resolve(schema, release);
  const parts = list(own["allOf"]).map((part) => membersOf(part, release));
  const alternatives = [...list(own["oneOf"]), ...list(own["anyOf"])].map((part) => membersOf(part, release));
  const properties = new Map(Object.entries(record(own["properties"])).map(([name, value]) => [name, record(value)]));
  const required = new Set(list(own["required"]).map(String));
  for (const part of parts) {
    for (const [name, value] of part.properties) properties.set(name, value);
    for (const name of part.required) required.add(name);
  }
  for (const name of alternatives[0]?.required ?? []) {
    if (alternatives.every((alternative) => alternative.required.has(name))) required.add(name);
  }
  return { properties, required };
}

/** The JSON type of a schema, when it states one. */
export function typeOf(schema: Schema, release: Release): string | undefined {
  const { type } = resolve(schema, release);
  return typeof type === "string" ? type : undefined;
}

function resolve(schema: unknown, release: Release): Schema {
  const own = record(schema);
  const reference = own["$ref"];
  if (typeof reference !== "string") return own;
  return resolve(release.defs[reference.replace("#/defs/", "")], release);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function record(value: unknown): Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
