import type { Change } from "../../bus/change.ts";
import type { Row, SqlValue, Statement, StatementResult } from "../../store/sql.ts";

/** The outcome of a statement, readable once the transaction is durable. */
export interface QueryResult<T extends Row> {
  readonly rows: readonly T[];
  readonly changes: number;
}

/** A transaction in the making. It collects; nothing is read from the database meanwhile. */
export interface Tx {
  /** The next position of the partition's log. */
  nextPosition(): number;
  run(text: string, params: readonly SqlValue[]): void;
  /** A statement whose outcome is wanted: read it after the commit. */
  query<T extends Row>(text: string, params: readonly SqlValue[]): QueryResult<T>;
  /** Called when all is durable, before `commit` resolves and before anybody is told. Must not throw. */
  afterCommit(fn: () => void): void;
  /** Called when nothing of it happened, before `commit` rejects: to take back what memory holds already. */
  afterFailure(fn: () => void): void;
  /** Tells the streams, once durable. */
  publish(change: Change): void;
}

class PendingResult<T extends Row> implements QueryResult<T> {
  outcome: StatementResult | undefined;

  get rows(): readonly T[] {
    return this.#done().rows as readonly T[];
  }

  get changes(): number {
    return this.#done().changes;
  }

  #done(): StatementResult {
    if (!this.outcome) throw new Error("A result was read before its transaction was durable");
    return this.outcome;
  }
}

/** The recorder behind `Tx`, as the partition sees it. */
export class Recording implements Tx {
  readonly statements: Statement[] = [];
  readonly changes: Change[] = [];
  readonly #results = new Map<number, PendingResult<Row>>();
  readonly #committed: (() => void)[] = [];
  readonly #failed: (() => void)[] = [];
  readonly #takePosition: () => number;

  constructor(takePosition: () => number) {
    this.#takePosition = takePosition;
  }

  nextPosition(): number {
    return this.#takePosition();
  }

  run(text: string, params: readonly SqlValue[]): void {
    this.statements.push({ text, params });
  }

  query<T extends Row>(text: string, params: readonly SqlValue[]): QueryResult<T> {
    const result = new PendingResult<T>();
    this.#results.set(this.statements.length, result);
    this.statements.push({ text, params });
    return result;
  }

  afterCommit(fn: () => void): void {
    this.#committed.push(fn);
  }

  afterFailure(fn: () => void): void {
    this.#failed.push(fn);
  }

  publish(change: Change): void {
    this.changes.push(change);
  }

  succeed(results: readonly StatementResult[]): void {
    for (const [index, result] of this.#results) result.outcome = results[index];
    for (const fn of this.#committed) fn();
  }

  fail(): void {
    for (const fn of this.#failed) fn();
  }
}
