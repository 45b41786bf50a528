/*
 * Writes groups on one connection. BEGIN and all statements are sent at once; if one fails, PostgreSQL refuses those
 * after it. COMMIT follows when all are answered, so that a connection lost before wrote nothing for certain. Within the
 * transaction the row of this writer in `commits` takes the number of the group. When the connection is lost before
 * COMMIT is answered, that row tells what became of the group; and since the number is then moved on, a transaction that
 * is still on its way finds it out of turn and fails.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { DatabaseUnavailable, type Row, type Statement, type StatementResult, type TransactionResult } from "../sql.ts";
import { isConnectionLost, isTrouble, mayWorkAgain, translate } from "./errors.ts";
import { type Answer, Line } from "./line.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const ATTEMPTS = 3;

const BEGIN: Statement = { text: "BEGIN", params: [] };
const COMMIT: Statement = { text: "COMMIT", params: [] };
const SAVEPOINT: Statement = { text: "SAVEPOINT alone", params: [] };
const RELEASE: Statement = { text: "RELEASE SAVEPOINT alone", params: [] };
const ROLLBACK_TO: Statement = { text: "ROLLBACK TO SAVEPOINT alone", params: [] };
const ROLLBACK: Statement = { text: "ROLLBACK", params: [] };

const HAS_TABLE =
  "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'commits'";
const REGISTER = "INSERT INTO commits (writer, number) VALUES ($1, $2) ON CONFLICT (writer) DO NOTHING";
const UNREGISTER = "DELETE FROM commits WHERE writer = $1";
const MARK = "UPDATE commits SET number = CASE WHEN number = $2::bigint - 1 THEN $2::bigint END WHERE writer = $1";
const FENCE = "UPDATE commits SET number = $2::bigint + 1 WHERE writer = $1 AND number = $2::bigint - 1";
const READ = "SELECT number FROM commits WHERE writer = $1";

type Transaction = readonly Statement[];

export class GroupWriter implements AsyncDisposable {
  readonly #url: string;
  readonly #writer = randomUUID();
  readonly #closing = new AbortController();
  #line: Line | undefined;
  #isRegistered = false;
  #number = 0;
  #tail: Promise<unknown> = Promise.resolve();
  #isResolving = false;
  #pauseMs = 0;
  #closedUntil = 0;

  constructor(url: string) {
    this.#url = url;
  }

  /** Connects, or says why not. */
  async start(): Promise<void> {
    await this.#connect();
  }

  async commit(transactions: readonly Transaction[]): Promise<readonly TransactionResult[]> {
    if (this.#isResolving) throw new DatabaseUnavailable("The connection to PostgreSQL is lost");
    const outcome = this.#tail.then(async () => await this.#commit(transactions));
    this.#tail = outcome.then(ignore, ignore);
    return await outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#tail;
    const line = this.#line;
    if (!line || line.isLost) return;
    if (this.#isRegistered) await line.send([{ text: UNREGISTER, params: [this.#writer] }]);
    await line[Symbol.asyncDispose]();
  }

  async #commit(transactions: readonly Transaction[]): Promise<readonly TransactionResult[]> {
    for (let attempt = 1; ; attempt++) {
      const line = await this.#connected();
      if (!this.#isRegistered) await this.#register(line);
      const together = await this.#writeTogether(line, transactions);
      if (together.kind === "done") return together.results;
      if (together.kind === "again" && attempt < ATTEMPTS) continue;
      if (transactions.length === 1) return [{ ok: false, error: translate(together.error) }];
      const alone = await this.#writeOneByOne(line, transactions);
      if (alone.kind === "done") return alone.results;
      if (attempt >= ATTEMPTS) throw new DatabaseUnavailable("Other writers are in the way", { cause: alone.error });
    }
  }

  async #writeTogether(line: Line, transactions: readonly Transaction[]): Promise<Written> {
    const answers = await line.send([BEGIN, ...transactions.flat(), ...this.#mark()]);
    const failure = answers.find((answer) => !answer.ok);
    if (failure) return await this.#rollBack(line, failure.error);
    return await this.#finish(line, divide(transactions, answers.slice(1)));
  }

  /** Still one commit: a transaction that fails takes back what it did, and no more. */
  async #writeOneByOne(line: Line, transactions: readonly Transaction[]): Promise<Written> {
    const results: TransactionResult[] = [];
    await line.send([BEGIN]);
    for (const transaction of transactions) {
      const answers = (await line.send([SAVEPOINT, ...transaction])).slice(1);
      const failure = answers.find((answer) => !answer.ok);
      if (failure && (isTrouble(failure.error) || mayWorkAgain(failure.error))) {
        return await this.#rollBack(line, failure.error);
      }
      await line.send([failure ? ROLLBACK_TO : RELEASE]);
      results.push(failure ? { ok: false, error: translate(failure.error) } : toResult(answers));
    }
    const failure = (await line.send(this.#mark())).find((answer) => !answer.ok);
    if (failure) return await this.#rollBack(line, failure.error);
    return await this.#finish(line, results);
  }

  /** COMMIT was not sent: whatever became of the connection, nothing was written. */
  async #rollBack(line: Line, error: unknown): Promise<Written> {
    await line.send([ROLLBACK]);
    if (isTrouble(error)) throw translate(error);
    return { kind: mayWorkAgain(error) ? "again" : "failed", error };
  }

  async #finish(line: Line, results: readonly TransactionResult[]): Promise<Written> {
    const [committed] = await line.send([COMMIT]);
    if (committed?.ok && committed.command === "COMMIT") {
      if (this.#isRegistered) this.#number++;
      return { kind: "done", results };
    }
    const error = committed?.ok ? new Error("The transaction was rolled back") : committed?.error;
    if (!committed?.ok && isConnectionLost(error)) {
      if (await this.#wasCommitted()) return { kind: "done", results };
      throw translate(error);
    }
    return await this.#rollBack(line, error);
  }

  #mark(): Statement[] {
    return this.#isRegistered ? [{ text: MARK, params: [this.#writer, this.#number + 1] }] : [];
  }

  /** Waits for the database as long as it takes, since the truth cannot be told without. */
  async #wasCommitted(): Promise<boolean> {
    if (!this.#isRegistered) throw new Error("The connection was lost during a commit whose outcome is unknown");
    const number = this.#number + 1;
    this.#isResolving = true;
    try {
      for (;;) {
        const found = await this.#askWhetherCommitted(number);
        if (found !== undefined) {
          this.#number = found;
          return found === number;
        }
        await wait(Math.max(this.#closedUntil - performance.now(), FIRST_PAUSE_MS), undefined, {
          signal: this.#closing.signal,
        });
      }
    } finally {
      this.#isResolving = false;
    }
  }

  async #askWhetherCommitted(number: number): Promise<number | undefined> {
    try {
      const line = await this.#connected();
      await line.ask(FENCE, [this.#writer, number]);
      const [row] = (await line.ask(READ, [this.#writer])).rows;
      return Number(row?.["number"]);
    } catch (error) {
      if (!isTrouble(error) && !(error instanceof DatabaseUnavailable)) throw error;
      return undefined;
    }
  }

  async #connected(): Promise<Line> {
    if (this.#line && !this.#line.isLost) return this.#line;
    if (performance.now() < this.#closedUntil) throw new DatabaseUnavailable("The connection to PostgreSQL is lost");
    return await this.#connect();
  }

  async #connect(): Promise<Line> {
    try {
      this.#line = await Line.connect(this.#url);
      this.#pauseMs = 0;
      return this.#line;
    } catch (error) {
      this.#pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2), LONGEST_PAUSE_MS);
      this.#closedUntil = performance.now() + this.#pauseMs;
      throw translate(error);
    }
  }

  /** The table is there once the first migration is applied. */
  async #register(line: Line): Promise<void> {
    try {
      const tables: readonly Row[] = (await line.ask(HAS_TABLE)).rows;
      if (tables.length === 0) return;
      await line.ask(REGISTER, [this.#writer, this.#number]);
      this.#isRegistered = true;
    } catch (error) {
      throw translate(error);
    }
  }
}

/** What came of a group: `failed` and `again` wrote nothing. */
type Written =
  | { readonly kind: "done"; readonly results: readonly TransactionResult[] }
  | { readonly kind: "failed" | "again"; readonly error: unknown };

/** Gives each transaction the answers of its statements. */
function divide(transactions: readonly Transaction[], answers: readonly Answer[]): TransactionResult[] {
  let start = 0;
  return transactions.map((transaction) => {
    const own = answers.slice(start, start + transaction.length);
    start += transaction.length;
    return toResult(own);
  });
}

function toResult(answers: readonly Answer[]): TransactionResult {
  const results: StatementResult[] = [];
  for (const answer of answers) {
    if (!answer.ok) return { ok: false, error: translate(answer.error) };
    results.push(answer.result);
  }
  return { ok: true, results };
}

function ignore(): void {
  // The callers of earlier groups are told of their failures; the next group only waits for its turn.
}
