import { pathToFileURL } from "node:url";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { boundedCache } from "../../bounded-cache.ts";
import { toSqlite } from "../dialect.ts";
import type { Row, SqlValue, StatementResult } from "../sql.ts";

const STATEMENTS_KEPT = 500;

interface Prepared {
  readonly statement: StatementSync;
  /** Names of the columns it answers; empty when it answers none. */
  readonly columns: readonly string[];
}

interface ConnectionOptions {
  readonly readOnly: boolean;
  /** How long to wait for a lock of another process, such as a backup. Blocks the thread. */
  readonly busyTimeoutMs: number;
}

/** One connection to a database file that exists, with the statements it has prepared. */
export class Connection implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = boundedCache<string, Prepared>(STATEMENTS_KEPT);

  constructor(path: string, { readOnly, busyTimeoutMs }: ConnectionOptions) {
    // Never creates: a file that vanished must not be taken for an empty database.
    const url = pathToFileURL(path);
    url.searchParams.set("mode", readOnly ? "ro" : "rw");
    this.#database = new DatabaseSync(url, { readOnly, timeout: busyTimeoutMs });
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** Runs one statement. */
  run(text: string, params: readonly SqlValue[]): StatementResult {
    const { statement, columns } = this.#prepare(text);
    if (columns.length === 0) return { rows: [], changes: Number(statement.run(...params).changes) };
    const rows = toRows(columns, asArrays(statement.all(...params)));
    return { rows, changes: rows.length };
  }

  /** Runs statements without parameters; their rows are dropped. */
  execute(text: string): void {
    this.#database.exec(text);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #prepare(text: string): Prepared {
    const known = this.#statements.get(text);
    if (known) return known;
    const statement = this.#database.prepare(toSqlite(text));
    statement.setReturnArrays(true);
    const prepared = { statement, columns: statement.columns().map(({ name }) => name) };
    this.#statements.set(text, prepared);
    return prepared;
  }
}

/**
 * Rows made from arrays share one hidden class: quicker to make and to read than the objects without prototype that
 * SQLite's interface makes.
 */
function toRows(columns: readonly string[], arrays: readonly (readonly SqlValue[])[]): Row[] {
  return arrays.map((values) => {
    const row: Record<string, SqlValue> = {};
    for (let index = 0; index < columns.length; index++) row[columns[index] ?? ""] = values[index] ?? null;
    return row;
  });
}

/** `setReturnArrays` makes arrays of what is declared as objects. */
function asArrays(rows: readonly object[]): readonly (readonly SqlValue[])[];
function asArrays(rows: readonly object[]): readonly object[] {
  return rows;
}
