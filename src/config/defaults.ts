import { type TSchema, Type } from "typebox";
import { Check } from "typebox/schema";
import { keyword } from "./explain.ts";

/**
 * A value with the defaults of its schema for what it does not say, at every depth; new where anything was added. Of the
 * branches of a union, the first that the completed value fits counts.
 */
export function withDefaults(schema: TSchema, value: unknown): unknown {
  const said = value === undefined ? structuredClone(keyword(schema, "default")) : value;
  if (Type.IsUnion(schema)) return ofUnion(schema.anyOf, said);
  if (Type.IsArray(schema) && Array.isArray(said)) return said.map((item) => withDefaults(schema.items, item));
  if (Type.IsObject(schema) && isRecord(said)) return ofObject(schema, said);
  return said;
}

function ofUnion(branches: readonly TSchema[], value: unknown): unknown {
  for (const branch of branches) {
    const completed = withDefaults(branch, value);
    if (Check(branch, completed)) return completed;
  }
  return value;
}

function ofObject({ properties }: Type.TObject, value: Record<string, unknown>): Record<string, unknown> {
  const members = Object.entries(properties).map(([key, schema]) => [key, withDefaults(schema, value[key])] as const);
  return { ...value, ...Object.fromEntries(members.filter(([, member]) => member !== undefined)) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
