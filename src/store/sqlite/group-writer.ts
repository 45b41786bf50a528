import type { Statement, StatementResult } from "../sql.ts";
import { Connection } from "./connection.ts";
import { type Trouble, troubleOf } from "./errors.ts";

const BUSY_TIMEOUT_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** After so many pages (16 MiB) the WAL is copied into the database, and starts again. */
const WAL_PAGES = 4_000;
const WAL_BYTES_KEPT = 64 * 1024 * 1024;

/** `off` survives the death of the process, but not of the machine: for tests. */
export type Synchronous = "full" | "off";

/** What the database thread answers about a transaction; errors as text, since a clone loses their class. */
export type TransactionAnswer =
  | { readonly ok: true; readonly results: readonly StatementResult[] }
  | { readonly ok: false; readonly message: string };

/** What the database thread answers about a group: nothing of it was written if there was trouble. */
export type GroupAnswer =
  | { readonly kind: "done"; readonly transactions: readonly TransactionAnswer[] }
  | { readonly kind: Trouble; readonly message: string };

type Transaction = readonly Statement[];

interface Options {
  readonly path: string;
  readonly synchronous: Synchronous;
}

/** Writes groups of transactions. When the database cannot be opened, it is tried again, with growing pauses. */
export class GroupWriter implements Disposable {
  readonly #options: Options;
  #connection: Connection | undefined;
  #pauseMs = 0;
  #closedUntil = 0;
  #lastTrouble: GroupAnswer = { kind: "unavailable", message: "not opened yet" };

  constructor(options: Options) {
    this.#options = options;
  }

  commit(transactions: readonly Transaction[]): GroupAnswer {
    if (!this.#connection && performance.now() < this.#closedUntil) return this.#lastTrouble;
    try {
      this.#connection ??= this.#open();
      this.#connection.execute("BEGIN IMMEDIATE");
      this.#pauseMs = 0;
    } catch (error) {
      return this.#giveUp(error);
    }
    return this.#writeTogether(this.#connection, transactions);
  }

  [Symbol.dispose](): void {
    this.#connection?.[Symbol.dispose]();
    this.#connection = undefined;
  }

  #open(): Connection {
    const { path, synchronous } = this.#options;
    const connection = new Connection(path, { readOnly: false, busyTimeoutMs: BUSY_TIMEOUT_MS });
    try {
      connection.execute(
        `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA wal_autocheckpoint = ${WAL_PAGES};
         PRAGMA journal_size_limit = ${WAL_BYTES_KEPT}; PRAGMA temp_store = MEMORY`,
      );
    } catch (error) {
      connection[Symbol.dispose]();
      throw error;
    }
    return connection;
  }

  #writeTogether(connection: Connection, transactions: readonly Transaction[]): GroupAnswer {
    try {
      const answers = transactions.map((transaction) => runAll(connection, transaction));
      connection.execute("COMMIT");
      return { kind: "done", transactions: answers };
    } catch (error) {
      const trouble = this.#undo(connection, error);
      if (trouble) return trouble;
      if (transactions.length === 1) return { kind: "done", transactions: [{ ok: false, message: messageOf(error) }] };
    }
    return this.#writeOneByOne(connection, transactions);
  }

  /** Still one commit: a transaction that fails takes back what it did, and no more. */
  #writeOneByOne(connection: Connection, transactions: readonly Transaction[]): GroupAnswer {
    try {
      connection.execute("BEGIN IMMEDIATE");
      const answers = transactions.map((transaction) => runAlone(connection, transaction));
      connection.execute("COMMIT");
      return { kind: "done", transactions: answers };
    } catch (error) {
      return this.#undo(connection, error) ?? { kind: "unavailable", message: messageOf(error) };
    }
  }

  /** Rolls back; answers the trouble if the error is not that of a statement. */
  #undo(connection: Connection, error: unknown): GroupAnswer | undefined {
    try {
      if (connection.isInTransaction) connection.execute("ROLLBACK");
    } catch (rollbackError) {
      return this.#giveUp(rollbackError);
    }
    const kind = troubleOf(error);
    return kind && { kind, message: messageOf(error) };
  }

  /** Closes the connection, to be opened anew after a pause: what was wrong may be over then. */
  #giveUp(error: unknown): GroupAnswer {
    this[Symbol.dispose]();
    this.#pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2), LONGEST_PAUSE_MS);
    this.#closedUntil = performance.now() + this.#pauseMs;
    this.#lastTrouble = { kind: troubleOf(error) ?? "unavailable", message: messageOf(error) };
    return this.#lastTrouble;
  }
}

function runAll(connection: Connection, transaction: Transaction): TransactionAnswer {
  return { ok: true, results: transaction.map(({ text, params }) => connection.run(text, params)) };
}

function runAlone(connection: Connection, transaction: Transaction): TransactionAnswer {
  connection.execute("SAVEPOINT alone");
  try {
    const answer = runAll(connection, transaction);
    connection.execute("RELEASE alone");
    return answer;
  } catch (error) {
    if (troubleOf(error)) throw error;
    connection.execute("ROLLBACK TO alone; RELEASE alone");
    return { ok: false, message: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
