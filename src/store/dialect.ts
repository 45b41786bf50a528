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
