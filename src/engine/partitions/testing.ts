import {
  type Database,
  DatabaseUnavailable,
  type Row,
  type SqlValue,
  type Statement,
  type TransactionResult,
} from "../../store/sql.ts";

/** A real database that can be told to be unavailable, or slow, as if its disk or its connection were in trouble. */
export class BrittleDatabase implements Database {
  /** Nothing is written while it is false. */
  isAvailable = true;
  /** How many transactions every group had. */
  readonly groupSizes: number[] = [];
  readonly #database: Database;
  #held: PromiseWithResolvers<void> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  get dialect(): Database["dialect"] {
    return this.#database.dialect;
  }

  async all<T extends Row>(text: string, params?: readonly SqlValue[]): Promise<T[]> {
    return await this.#database.all<T>(text, params);
  }

  async get<T extends Row>(text: string, params?: readonly SqlValue[]): Promise<T | undefined> {
    return await this.#database.get<T>(text, params);
  }

  async commit(transactions: readonly (readonly Statement[])[]): Promise<readonly TransactionResult[]> {
    this.groupSizes.push(transactions.length);
    await this.#held?.promise;
    if (!this.isAvailable) throw new DatabaseUnavailable("The disk is full");
    return await this.#database.commit(transactions);
  }

  /** From now on groups wait, until `release`. */
  hold(): void {
    this.#held ??= Promise.withResolvers();
  }

  release(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
    await this.#database[Symbol.asyncDispose]();
  }
}
