import { parse } from "node:querystring";
import { IsObject, type TSchema } from "typebox";
import { invalidParam } from "./errors.ts";

/**
 * How this works: a query string is text, a schema speaks of numbers, booleans and lists. The schema of each parameter
 * says once how its text is converted; whether the result is allowed is then the schema's own check. A parameter that
 * the schema does not name is passed on as text. Of a parameter that is given several times and is not a list, the
 * first one counts.
 */

type Convert = (text: string, name: string) => unknown;

/** Reads the text behind `?` into the members of a schema. Throws M_INVALID_PARAM for text that cannot be converted. */
export type QueryReader = (text: string) => Record<string, unknown>;

export function queryReader(schema: TSchema): QueryReader {
  const scalars = new Map<string, Convert>();
  const lists = new Map<string, Convert>();
  for (const [name, member] of Object.entries(propertiesOf(schema))) {
    const items = itemsOf(member);
    if (items === undefined) scalars.set(name, converter(member));
    else lists.set(name, converter(items));
  }
  return (text) => {
    const values: Record<string, unknown> = Object.create(null);
    if (text === "") return values;
    for (const [name, given = ""] of Object.entries(parse(text, undefined, undefined, { maxKeys: 0 }))) {
      const item = lists.get(name);
      const texts = typeof given === "string" ? [given] : given;
      if (item !== undefined) values[name] = texts.map((each) => item(each, name));
      else values[name] = (scalars.get(name) ?? asText)(texts[0] ?? "", name);
    }
    return values;
  };
}

const propertiesOf = (schema: TSchema): Readonly<Record<string, TSchema>> =>
  IsObject(schema) ? schema.properties : {};

function itemsOf(schema: TSchema): TSchema | undefined {
  if (typeOf(schema) !== "array" || !("items" in schema)) return undefined;
  const { items } = schema;
  return typeof items === "object" && items !== null ? items : {};
}

function converter(schema: TSchema): Convert {
  switch (typeOf(schema)) {
    case "integer":
      return asInteger;
    case "number":
      return asNumber;
    case "boolean":
      return asBoolean;
    default:
      return asText;
  }
}

/** The JSON Schema type; of a union, what all of its members have in common. */
function typeOf(schema: TSchema): unknown {
  if ("type" in schema) return schema.type;
  if (!("anyOf" in schema) || !Array.isArray(schema.anyOf)) return undefined;
  const types = new Set(schema.anyOf.map((member: TSchema) => typeOf(member)));
  return types.size === 1 ? [...types][0] : undefined;
}

const asText: Convert = (text) => text;

const asInteger: Convert = (text, name) => {
  const value = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw invalidParam(`The query parameter ${name} is not an integer`);
};

const asNumber: Convert = (text, name) => {
  const value = Number(text);
  if (/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text) && Number.isFinite(value)) return value;
  throw invalidParam(`The query parameter ${name} is not a number`);
};

const asBoolean: Convert = (text, name) => {
  if (text === "true") return true;
  if (text === "false") return false;
  throw invalidParam(`The query parameter ${name} is neither true nor false`);
};
