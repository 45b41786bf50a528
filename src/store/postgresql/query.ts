import { hash } from "node:crypto";
import { types } from "pg";
import type { Row, SqlValue, StatementResult } from "../sql.ts";
import { decodeText, encodeText } from "./text.ts";

/** More statements than that are not prepared: each is kept by every connection. */
const PREPARED_STATEMENTS = 2_000;
const PREPARABLE = /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/i;
const LIST_PARAMETER = /\$(\d+)::(?:text|bigint)\[\]/g;

/** What a text is sent as. */
interface Shape {
  /** The name of the prepared statement. */
  readonly name: string | undefined;
  /** Indexes of the parameters that are lists, written as JSON. */
  readonly lists: readonly number[];
}

/** A query in the form that `pg` takes. */
export interface PgQuery {
  readonly text: string;
  readonly values: unknown[];
  readonly name?: string;
}

const shapes = new Map<string, Shape>();

/** Names the statement by its text, so that the database plans it once for each connection. */
export function toPgQuery(text: string, params: readonly SqlValue[]): PgQuery {
  const { name, lists } = shapes.get(text) ?? learnShape(text);
  const values: unknown[] = params.map((value) => (typeof value === "string" ? encodeText(value) : value));
  for (const index of lists) values[index] = toList(params[index]);
  return name === undefined ? { text, values } : { text, values, name };
}

function learnShape(text: string): Shape {
  const lists = [...text.matchAll(LIST_PARAMETER)].map(([, number]) => Number(number) - 1);
  if (shapes.size >= PREPARED_STATEMENTS) return { name: undefined, lists };
  const name = PREPARABLE.test(text) ? hash("sha256", text, "base64url").slice(0, 32) : undefined;
  const shape = { name, lists: [...new Set(lists)] };
  shapes.set(text, shape);
  return shape;
}

function toList(value: SqlValue | undefined): unknown {
  if (typeof value !== "string") return value ?? null;
  const list: unknown = JSON.parse(value);
  return Array.isArray(list)
    ? list.map((item: unknown) => (typeof item === "string" ? encodeText(item) : item))
    : [list];
}

/** The package names the types it knows only; it is asked for others too. */
const builtinParser: (type: number, format: "text" | "binary") => (value: string) => unknown = types.getTypeParser;

const INT8 = 20;
const BYTEA = 17;
const BOOL = 16;
const TEXT_TYPES: ReadonlySet<number> = new Set([19, 25, 1042, 1043]);

/** How values are read: both databases give the same. For our connections only, not for the whole process. */
export const typeParsers = {
  getTypeParser(type: number, format?: "text" | "binary"): (value: string) => unknown {
    if (type === INT8) return Number;
    if (type === BYTEA) return parseBytes;
    if (type === BOOL) return (value) => (value === "t" ? 1 : 0);
    if (TEXT_TYPES.has(type)) return decodeText;
    return builtinParser(type, format ?? "text");
  },
};

/** `\x` and hexadecimal digits: https://www.postgresql.org/docs/18/datatype-binary.html */
function parseBytes(value: string): Uint8Array {
  return Uint8Array.fromHex(value.slice(2));
}

/** What `pg` answers, as ours. */
export function toStatementResult(result: {
  readonly rows: readonly Row[];
  readonly rowCount: number | null;
}): StatementResult {
  return { rows: result.rows, changes: result.rowCount ?? 0 };
}
