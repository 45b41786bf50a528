/**
 * Says in words a person can act on how a value differs from its schema. It knows the kinds of schema that sections use;
 * whether a value is right at all is the validator's word (parse.ts), so that a gap here costs a good message only.
 */
import { type TSchema, Type } from "typebox";
import { nearest } from "./nearest.ts";

/** A difference; `path` leads to the value, or to the key when `message` is about the key itself. */
export type Difference = {
  readonly path: readonly string[];
  readonly about: "key" | "value";
  readonly message: string;
};

/** Every difference between `value` and `schema`. A missing member that has a default is none. */
export function explain(schema: TSchema, value: unknown, path: readonly string[] = []): Difference[] {
  if (Type.IsUnion(schema)) return explainUnion(schema.anyOf, describe(schema), value, path);
  if (!fitsKind(schema, value)) return [{ path, about: "value", message: `must be ${describe(schema)}` }];
  if (Type.IsObject(schema) && isRecord(value)) return explainObject(schema, value, path);
  if (Type.IsArray(schema) && Array.isArray(value)) return explainArray(schema, value, path);
  return [];
}

function explainUnion(
  branches: readonly TSchema[],
  words: string,
  value: unknown,
  path: readonly string[],
): Difference[] {
  const fitting = branches.find((branch) => fitsKind(branch, value));
  if (fitting !== undefined) return explain(fitting, value, path);
  return [{ path, about: "value", message: `must be ${words}` }];
}

function explainObject(schema: Type.TObject, value: Record<string, unknown>, path: readonly string[]): Difference[] {
  const known = Object.keys(schema.properties);
  const differences: Difference[] = [];
  for (const [key, member] of Object.entries(value)) {
    const property = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (property !== undefined) differences.push(...explain(property, member, [...path, key]));
    else differences.push({ path: [...path, key], about: "key", message: unknownKey(key, known) });
  }
  const missing = (schema.required ?? []).filter((key) => !Object.hasOwn(value, key) && !hasDefault(schema, key));
  for (const key of missing) differences.push({ path: [...path, key], about: "key", message: "is required" });
  return differences;
}

function explainArray(schema: Type.TArray, value: readonly unknown[], path: readonly string[]): Difference[] {
  const fewest = keyword(schema, "minItems");
  if (typeof fewest === "number" && value.length < fewest) {
    return [{ path, about: "value", message: `must have at least ${fewest} ${fewest === 1 ? "entry" : "entries"}` }];
  }
  return value.flatMap((item, index) => explain(schema.items, item, [...path, String(index)]));
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return meant === undefined ? `unknown key (known: ${known.join(", ")})` : `unknown key; did you mean ${meant}?`;
}

/** Whether a value is of the schema's kind; the members of objects and arrays are not looked at. */
function fitsKind(schema: TSchema, value: unknown): boolean {
  if (Type.IsObject(schema)) return isRecord(value);
  if (Type.IsArray(schema)) return Array.isArray(value);
  if (Type.IsNull(schema)) return value === null;
  if (Type.IsBoolean(schema)) return typeof value === "boolean";
  if (Type.IsLiteral(schema)) return value === schema.const;
  if (Type.IsEnum(schema)) return schema.enum.some((name) => name === value);
  if (Type.IsInteger(schema)) return Number.isSafeInteger(value) && isWithin(schema, value);
  if (Type.IsNumber(schema)) return typeof value === "number" && isWithin(schema, value);
  if (Type.IsString(schema)) return typeof value === "string" && hasForm(schema, value);
  return true;
}

function isWithin(schema: TSchema, value: unknown): boolean {
  const [least, most, above] = ["minimum", "maximum", "exclusiveMinimum"].map((name) => keyword(schema, name));
  if (typeof value !== "number") return false;
  if (typeof least === "number" && value < least) return false;
  if (typeof above === "number" && value <= above) return false;
  return !(typeof most === "number" && value > most);
}

function hasForm(schema: TSchema, value: string): boolean {
  const [pattern, shortest, longest] = ["pattern", "minLength", "maxLength"].map((name) => keyword(schema, name));
  if (typeof shortest === "number" && value.length < shortest) return false;
  if (typeof longest === "number" && value.length > longest) return false;
  return !(typeof pattern === "string" && !new RegExp(pattern, "u").test(value));
}

/** What a value may be, in words: for messages and for the generated documentation. */
export function describe(schema: TSchema): string {
  const formName = keyword(schema, "formName");
  if (typeof formName === "string") return formName;
  if (Type.IsUnion(schema)) return schema.anyOf.map(describe).join(" or ");
  if (Type.IsLiteral(schema)) return String(schema.const);
  if (Type.IsEnum(schema)) return schema.enum.join(", ").replace(/, ([^,]*)$/, " or $1");
  if (Type.IsNull(schema)) return "null";
  if (Type.IsBoolean(schema)) return "true or false";
  if (Type.IsArray(schema)) return `a list of ${describeMany(schema.items)}`;
  if (Type.IsObject(schema)) return "a mapping";
  if (Type.IsInteger(schema)) return `a whole number${describeRange(schema)}`;
  if (Type.IsNumber(schema)) return `a number${describeRange(schema)}`;
  return describeString(schema);
}

function describeMany(schema: TSchema): string {
  if (Type.IsObject(schema)) return "mappings";
  if (Type.IsString(schema)) return "strings";
  return describe(schema);
}

function describeString(schema: TSchema): string {
  return keyword(schema, "minLength") === 1 ? "a string that is not empty" : "a string";
}

function describeRange(schema: TSchema): string {
  const [least, most, above] = ["minimum", "maximum", "exclusiveMinimum"].map((name) => keyword(schema, name));
  if (typeof least === "number" && typeof most === "number") return ` from ${least} to ${most}`;
  if (typeof least === "number") return ` of at least ${least}`;
  return typeof above === "number" ? ` above ${above}` : "";
}

/** A member of a schema that the schema's type does not name. */
export function keyword(schema: TSchema | undefined, name: string): unknown {
  return schema === undefined ? undefined : Object.entries(schema).find(([key]) => key === name)?.[1];
}

function hasDefault(schema: Type.TObject, key: string): boolean {
  return keyword(schema.properties[key], "default") !== undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
