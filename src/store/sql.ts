/** A value as both databases give it: SQLite has no booleans and no timestamps, so neither has any schema of ours. */
export type SqlValue = string | number | Uint8Array | null;
export type Row = Readonly<Record<string, SqlValue>>;

/** One statement with its parameters: PostgreSQL's `$n` in the text, which the SQLite driver rewrites to `?n`. */
export interface Statement {
  readonly text: string;
  readonly params: readonly SqlValue[];
}

/** Reads, anywhere. One SQL text serves both databases. */
export interface Sql {
  readonly dialect: "sqlite" | "postgresql";
  all<T extends Row>(text: string, params?: readonly SqlValue[]): Promise<T[]>;
  get<T extends Row>(text: string, params?: readonly SqlValue[]): Promise<T | undefined>;
}

/** What came of one statement of a committed transaction. */
export interface StatementResult {
  /** Rows of `RETURNING`; empty otherwise. */
  readonly rows: readonly Row[];
  readonly changes: number;
}

/** What came of one transaction of a group: everything of it is durable, or nothing of it happened. */
export type TransactionResult =
  | { readonly ok: true; readonly results: readonly StatementResult[] }
  | { readonly ok: false; readonly error: Error };

/** A database, written in groups. */
export interface Database extends Sql, AsyncDisposable {
  /**
   * Runs transactions in the order given and makes them durable together (one commit, one `fsync`). If one fails, the
   * group is rolled back and each transaction is tried alone, so that only the failing one fails. When the promise
   * resolves, all with `ok: true` are durable. Rejects with `DatabaseUnavailable` when nothing was written.
   * Concurrent calls run in the order of the calls.
   */
  commit(transactions: readonly (readonly Statement[])[]): Promise<readonly TransactionResult[]>;
}

/** The database cannot answer now (disk full, connection gone): try again later. The HTTP edge makes it 503. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
}

/** The database is not ours, of a newer schema, or damaged: a person must act. */
export class DatabaseUnusable extends Error {
  override readonly name = "DatabaseUnusable";
}
