/*
 * SQLite as a `Database`. Reads run on the calling thread, on a connection that cannot write: most take microseconds,
 * less than asking a thread would. Writes go to a thread of their own, where a group of transactions waits for one
 * `fsync`. In WAL mode neither waits for the other, and a read that starts after a commit resolved sees what it wrote.
 */
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import {
  type Database,
  DatabaseUnusable,
  type Row,
  type Sql,
  type SqlValue,
  type Statement,
  type TransactionResult,
} from "../sql.ts";
import { Connection } from "./connection.ts";
import { toDatabaseError, translate, troubleOf } from "./errors.ts";
import type { GroupAnswer, Synchronous, TransactionAnswer } from "./group-writer.ts";
import { createPrivateFile, lockDatabase } from "./lock.ts";
import type { WriterData, WriterMessage } from "./writer.ts";

/** A read waits so long for a lock, which WAL readers hardly ever meet. Blocks the thread. */
const READ_BUSY_TIMEOUT_MS = 1_000;

const writerUrl = new URL(`./writer${extname(import.meta.filename)}`, import.meta.url);

export interface SqliteOptions {
  /** The file, made when absent, or `:memory:` for an empty database that is deleted on close. */
  readonly path: string;
  /** `full` (default): a commit is on the disk when it resolves. `off`: for tests. */
  readonly synchronous?: Synchronous;
  /** Looks at what is there before anything of it is changed; what it throws ends the opening. */
  readonly examine?: ((sql: Sql) => Promise<void>) | undefined;
}

/**
 * Opens a SQLite database for this process alone. Migrations are not applied.
 * @throws DatabaseUnusable when the file is not a database, or in use by another process.
 * @throws DatabaseUnavailable when the file cannot be opened or made.
 */
export async function openSqlite({ path, synchronous = "full", examine }: SqliteOptions): Promise<Database> {
  if (path === ":memory:") return await openTestDatabase();
  return await open({ path, synchronous }, { examine });
}

/** A database in a temporary file, deleted on close: not durable, quick to make. Empty, or a copy of the file `initial`. */
export async function openTestDatabase(initial?: Uint8Array): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), "heddle-"));
  const deleteFolder = () => rmSync(folder, { recursive: true, force: true });
  const path = join(folder, "test.db");
  if (initial) writeFileSync(path, initial);
  return await open({ path, synchronous: "off" }, { afterClose: deleteFolder });
}

interface OpenHooks {
  readonly examine?: SqliteOptions["examine"];
  readonly afterClose?: () => void;
}

async function open(data: WriterData, { examine, afterClose }: OpenHooks): Promise<Database> {
  const stack = new DisposableStack();
  if (afterClose) stack.defer(afterClose);
  try {
    createFiles(data.path);
    stack.use(lockDatabase(data.path));
    const database = new SqliteDatabase(data, stack);
    await database.start(examine);
    return database;
  } catch (error) {
    stack.dispose();
    throw error;
  }
}

function createFiles(path: string): void {
  try {
    createPrivateFile(path);
    // SQLite would open it for reading alone, and tell at the first write only.
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw toDatabaseError("unavailable", path, error);
  }
}

interface Waiting {
  readonly resolve: (results: readonly TransactionResult[]) => void;
  readonly reject: (error: Error) => void;
}

/** The writer's objects live as long as a group: with the default it would hold 10 MB more. */
const WRITER_YOUNG_MB = 4;

class SqliteDatabase implements Database {
  readonly dialect = "sqlite";
  readonly #path: string;
  readonly #worker: Worker;
  readonly #afterClose: DisposableStack;
  readonly #waiting: Waiting[] = [];
  #reader: Connection | undefined;
  /** Why nothing can be written any more. */
  #ended: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(data: WriterData, afterClose: DisposableStack) {
    this.#path = data.path;
    this.#afterClose = afterClose;
    const resourceLimits = { maxYoungGenerationSizeMb: WRITER_YOUNG_MB };
    this.#worker = new Worker(writerUrl, { workerData: data, name: "database", resourceLimits });
    this.#worker.on("message", (answer: GroupAnswer) => this.#settle(answer));
    this.#worker.on("error", (error) => this.#end(error));
    this.#worker.on("exit", () => this.#end(undefined));
  }

  /** Creates what WAL mode needs, and finds out whether the file can be used. */
  async start(examine: SqliteOptions["examine"]): Promise<void> {
    try {
      // The thread opens the file with its first group, and WAL mode is a change to the file.
      await examine?.(this);
      await this.commit([]);
    } catch (error) {
      this.#closeReader();
      await this.#worker.terminate();
      throw error;
    }
  }

  async all<T extends Row>(text: string, params: readonly SqlValue[] = []): Promise<T[]> {
    if (this.#closing) throw closedError(this.#path);
    try {
      this.#reader ??= new Connection(this.#path, { readOnly: true, busyTimeoutMs: READ_BUSY_TIMEOUT_MS });
      return asRows(this.#reader.run(text, params).rows);
    } catch (error) {
      if (troubleOf(error)) this.#closeReader();
      throw translate(error, this.#path);
    }
  }

  async get<T extends Row>(text: string, params: readonly SqlValue[] = []): Promise<T | undefined> {
    return (await this.all<T>(text, params))[0];
  }

  async commit(transactions: readonly (readonly Statement[])[]): Promise<readonly TransactionResult[]> {
    if (this.#ended) throw this.#ended;
    if (this.#closing) throw closedError(this.#path);
    return await new Promise((resolve, reject) => {
      this.#send(transactions);
      if (this.#waiting.push({ resolve, reject }) === 1) this.#worker.ref();
    });
  }

  /** What was committed is finished first; then the WAL is copied into the database. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    const hasExited = this.#ended ? Promise.resolve() : new Promise((resolve) => this.#worker.once("exit", resolve));
    this.#closeReader();
    this.#send(null);
    this.#worker.ref();
    await hasExited;
    this.#afterClose.dispose();
  }

  #send(message: WriterMessage): void {
    this.#worker.postMessage(message, []);
  }

  #closeReader(): void {
    this.#reader?.[Symbol.dispose]();
    this.#reader = undefined;
  }

  #settle(answer: GroupAnswer): void {
    const waiting = this.#waiting.shift();
    // An idle thread does not keep the process alive.
    if (this.#waiting.length === 0 && !this.#closing) this.#worker.unref();
    if (answer.kind === "done") waiting?.resolve(answer.transactions.map(toResult));
    else waiting?.reject(toDatabaseError(answer.kind, this.#path, answer.message));
  }

  /** What a dead thread was about to write may be written or not: only a restart finds out. */
  #end(cause: unknown): void {
    this.#ended ??= this.#closing
      ? closedError(this.#path)
      : new DatabaseUnusable(`The thread that writes ${this.#path} died: start the server again`, { cause });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}

/** The caller knows what its query answers. */
function asRows<T extends Row>(rows: readonly Row[]): T[];
function asRows(rows: readonly Row[]): readonly Row[] {
  return rows;
}

function toResult(answer: TransactionAnswer): TransactionResult {
  return answer.ok ? answer : { ok: false, error: new Error(answer.message) };
}

function closedError(path: string): Error {
  return new DatabaseUnusable(`${path} is closed`);
}
