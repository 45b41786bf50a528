import type { Sql } from "./sql.ts";

/** Which of the two databases a text is for. */
export type Dialect = Sql["dialect"];

/** Quoted text and comments are left alone. */
const QUOTED_OR_PARAMETER = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\$(\d+)/g;

/** Rewrites PostgreSQL's `$n` as SQLite's `?n`, which may also occur more than once. */
export function toSqlite(text: string): string {
  return text.replaceAll(QUOTED_OR_PARAMETER, (found: string, number: string | undefined) =>
    number === undefined ? found : `?${number}`,
  );
}

/**
 * The condition that a column is one of a list. The parameter is the list as JSON text (`JSON.stringify(values)`), so
 * that one statement serves lists of any length. `type` is that of the values.
 */
export function inList(
  dialect: Dialect,
  column: string,
  parameter: `$${number}`,
  type: "string" | "number" = "string",
): string {
  if (dialect === "sqlite") return `${column} IN (SELECT value FROM json_each(${parameter}))`;
  return `${column} = ANY(${parameter}::${type === "number" ? "bigint" : "text"}[])`;
}

/**
 * A query that gives rows of the program's as a table: the parameter is a list of rows as JSON text, each a list of its
 * values in the order of the columns.
 */
export function rowsIn(
  dialect: Dialect,
  parameter: `$${number}`,
  columns: Readonly<Record<string, "string" | "number">>,
): string {
  const isSqlite = dialect === "sqlite";
  const picked = Object.entries(columns).map(([name, type], index) => {
    if (isSqlite) return `json_extract(value, '$[${index}]') AS ${name}`;
    return `(value ->> ${index})::${type === "number" ? "bigint" : "text"} AS ${name}`;
  });
  const source = isSqlite ? `json_each(${parameter})` : `jsonb_array_elements(${parameter}::jsonb)`;
  return `SELECT ${picked.join(", ")} FROM ${source}`;
}
