/*
 * PostgreSQL as a `Database`: a pool of connections for reads, and one connection for commits, which gives them their
 * order. Connections that are lost are made anew when the next query needs one.
 */
import { Pool } from "pg";
import {
  type Database,
  DatabaseUnusable,
  type Row,
  type SqlValue,
  type Statement,
  type TransactionResult,
} from "../sql.ts";
import { translate } from "./errors.ts";
import { GroupWriter } from "./group-writer.ts";
import { toPgQuery, typeParsers } from "./query.ts";

const POOL_SIZE = 10;
const CONNECT_WITHIN_MS = 5_000;

export interface PostgresqlOptions {
  /** `postgresql://user:password@host:port/name` */
  readonly url: string;
  /** How many reads may run at once; 10 unless told. */
  readonly poolSize?: number;
}

/**
 * Connects to a PostgreSQL database. Migrations are not applied.
 * @throws DatabaseUnavailable when it cannot be reached or refuses us.
 * @throws DatabaseUnusable when its texts are not in UTF-8.
 */
export async function openPostgresql({ url, poolSize = POOL_SIZE }: PostgresqlOptions): Promise<Database> {
  const database = new PostgresqlDatabase(url, poolSize);
  try {
    await database.start();
    return database;
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

class PostgresqlDatabase implements Database {
  readonly dialect = "postgresql";
  readonly #pool: Pool;
  readonly #writer: GroupWriter;
  #closing: Promise<void> | undefined;

  constructor(url: string, poolSize: number) {
    this.#writer = new GroupWriter(url);
    this.#pool = new Pool({
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      keepAlive: true,
      application_name: "heddle",
      types: typeParsers,
    });
    this.#pool.on("error", () => {
      // An idle connection was lost: the pool has removed it, and makes another when one is needed.
    });
  }

  async start(): Promise<void> {
    await this.#writer.start();
    const row = await this.get<Row & { readonly encoding: string }>(
      "SELECT pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = current_database()",
    );
    if (row?.encoding === "UTF8") return;
    throw new DatabaseUnusable(`The PostgreSQL database has the encoding ${row?.encoding}: create one with UTF8`);
  }

  async all<T extends Row>(text: string, params: readonly SqlValue[] = []): Promise<T[]> {
    try {
      const { rows } = await this.#pool.query<T>(toPgQuery(text, params));
      return rows;
    } catch (error) {
      throw translate(error);
    }
  }

  async get<T extends Row>(text: string, params: readonly SqlValue[] = []): Promise<T | undefined> {
    return (await this.all<T>(text, params))[0];
  }

  async commit(transactions: readonly (readonly Statement[])[]): Promise<readonly TransactionResult[]> {
    if (this.#closing) throw new DatabaseUnusable("The database is closed");
    return await this.#writer.commit(transactions);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    await this.#writer[Symbol.asyncDispose]();
    await this.#pool.end();
  }
}
