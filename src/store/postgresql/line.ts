import { Client, type QueryResult } from "pg";
import type { Row, SqlValue, Statement, StatementResult } from "../sql.ts";
import { toPgQuery, toStatementResult, typeParsers } from "./query.ts";

const CONNECT_WITHIN_MS = 5_000;
/** What a connection that was cut may block, before the server gives it up. */
const IDLE_IN_TRANSACTION_MS = 10_000;

/** The outcome of one statement sent. */
export type Answer =
  | { readonly ok: true; readonly result: StatementResult; readonly command: string }
  | { readonly ok: false; readonly error: unknown };

/** A connection on which statements are sent one after another without waiting for the answers. */
export class Line implements AsyncDisposable {
  readonly #client: Client;
  #isLost = false;

  private constructor(client: Client) {
    this.#client = client;
    client.on("error", () => (this.#isLost = true));
    client.on("end", () => (this.#isLost = true));
  }

  static async connect(url: string): Promise<Line> {
    const client = new Client({
      connectionString: url,
      pipeline: true,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      application_name: "heddle",
      types: typeParsers,
    });
    const line = new Line(client);
    await client.connect();
    return line;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Sends all at once; resolves when all are answered, or the connection is lost. Never rejects. */
  async send(statements: readonly Statement[]): Promise<Answer[]> {
    return await Promise.all(statements.map(async (statement) => await this.#sendOne(statement)));
  }

  /** @throws what the database or the connection says. */
  async ask(text: string, params: readonly SqlValue[] = []): Promise<StatementResult> {
    const answer = await this.#sendOne({ text, params });
    if (!answer.ok) throw answer.error;
    return answer.result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isLost) await this.#client.end();
  }

  async #sendOne({ text, params }: Statement): Promise<Answer> {
    try {
      const result: QueryResult<Row> = await this.#client.query<Row>(toPgQuery(text, params));
      return { ok: true, result: toStatementResult(result), command: result.command };
    } catch (error) {
      return { ok: false, error };
    }
  }
}
