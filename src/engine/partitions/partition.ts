/*
 * How a partition works. Callers record transactions (`commit`), which take their positions at once and wait in a queue.
 * When no group is on its way, all that waits goes to the database as one group: one `fsync` serves many senders. The
 * group begins with the row that says how far positions are handed out, so that none is given twice after a crash.
 * Only when the group is durable are callers answered and the streams told, in the order of the log. A transaction that
 * fails takes with it those of the same key that were recorded after it, since they may build on what it promised. The
 * positions of failed transactions stay unused, which is harmless: an announcement says how far the log is decided. When
 * nothing of a group could be written, nothing is announced: after a restart its positions would be handed out again.
 */
import type { Bus } from "../../bus/bus.ts";
import { type Database, DatabaseUnavailable, type TransactionResult } from "../../store/sql.ts";
import { writeGroup } from "./group.ts";
import { Recording, type Tx } from "./tx.ts";

const GROUP_LIMIT = 512;
const QUEUE_LIMIT = 20_000;

const SET_POSITION = "UPDATE partitions SET position = $1 WHERE partition_id = $2 AND position < $1";

interface Waiting {
  readonly key: string;
  readonly recording: Recording;
  readonly lastPosition: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The unit of ownership and order: one log, written by one process. */
export interface Partition {
  readonly id: number;
  /** The log is decided up to here: what was committed below is durable and announced, nothing else will appear. */
  readonly position: number;
  /**
   * Records a transaction and resolves with what `build` returned when it is durable. `build` runs at once and takes the
   * place in the log; if it throws, nothing happened. `key` is the room or user concerned: a failure also fails what
   * was recorded later under the same key.
   * @throws DatabaseUnavailable when nothing could be written, or too much waits already.
   */
  commit<T>(key: string, build: (tx: Tx) => T): Promise<T>;
  /** Resolves when everything recorded so far is decided. */
  drained(): Promise<void>;
}

interface PartitionOptions {
  readonly id: number;
  /** Positions up to this one were handed out before. */
  readonly position: number;
}

interface Needs {
  readonly database: Pick<Database, "commit">;
  readonly bus: Pick<Bus, "publish">;
}

export class LocalPartition implements Partition {
  readonly id: number;
  readonly #needs: Needs;
  #decided: number;
  #handedOut: number;
  #queue: Waiting[] = [];
  #isFlushing = false;
  #idle: (() => void)[] = [];

  constructor({ id, position }: PartitionOptions, needs: Needs) {
    this.id = id;
    this.#needs = needs;
    this.#decided = position;
    this.#handedOut = position;
  }

  get position(): number {
    return this.#decided;
  }

  async commit<T>(key: string, build: (tx: Tx) => T): Promise<T> {
    if (this.#queue.length >= QUEUE_LIMIT) throw new DatabaseUnavailable("Too many transactions wait for the database");
    const recording = new Recording(() => ++this.#handedOut);
    const value = record(recording, build);
    await new Promise<void>((resolve, reject) => {
      this.#queue.push({ key, recording, lastPosition: this.#handedOut, resolve, reject });
      if (!this.#isFlushing) {
        this.#isFlushing = true;
        setImmediate(() => void this.#flush());
      }
    });
    return value;
  }

  async drained(): Promise<void> {
    if (!this.#isFlushing) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Sends group after group until nothing waits. Never rejects: every failure goes to the callers concerned. */
  async #flush(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#queue.splice(0, GROUP_LIMIT);
      const lastPosition = group.at(-1)?.lastPosition ?? this.#decided;
      const results = await this.#write(group, lastPosition);
      if (results instanceof Error) this.#failAll(group, results);
      else this.#settle(group, results, lastPosition);
    }
    this.#isFlushing = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** The outcomes, or why nothing was written. */
  async #write(group: readonly Waiting[], lastPosition: number): Promise<readonly TransactionResult[] | Error> {
    const head = { text: SET_POSITION, params: [lastPosition, this.id] };
    const transactions = group.map(({ key, recording }) => ({ key, statements: recording.statements }));
    try {
      return await writeGroup(this.#needs.database, head, transactions);
    } catch (error) {
      return error instanceof Error ? error : new DatabaseUnavailable(String(error));
    }
  }

  #failAll(group: readonly Waiting[], error: Error): void {
    const failedKeys = new Map(group.map(({ key }) => [key, error]));
    for (const waiting of group) fail(waiting, failedKeys);
    this.#failDependents(failedKeys);
  }

  #settle(group: readonly Waiting[], results: readonly TransactionResult[], lastPosition: number): void {
    const failedKeys = new Map<string, Error>();
    const succeeded: Waiting[] = [];
    for (const [index, waiting] of group.entries()) {
      const result = results[index];
      if (result?.ok) {
        waiting.recording.succeed(result.results);
        succeeded.push(waiting);
      } else {
        failedKeys.set(waiting.key, result?.error ?? new DatabaseUnavailable("The database gave no answer"));
        fail(waiting, failedKeys);
      }
    }
    this.#failDependents(failedKeys);
    this.#decided = lastPosition;
    const changes = succeeded.flatMap((waiting) => waiting.recording.changes);
    this.#needs.bus.publish({ partition: this.id, position: lastPosition, changes });
    for (const waiting of succeeded) waiting.resolve();
  }

  #failDependents(failedKeys: ReadonlyMap<string, Error>): void {
    if (failedKeys.size === 0) return;
    const doomed = this.#queue.filter((waiting) => failedKeys.has(waiting.key));
    this.#queue = this.#queue.filter((waiting) => !failedKeys.has(waiting.key));
    for (const waiting of doomed) fail(waiting, failedKeys);
  }
}

/** If the caller cannot finish its transaction, what it put into memory so far is taken back. */
function record<T>(recording: Recording, build: (tx: Tx) => T): T {
  try {
    return build(recording);
  } catch (error) {
    recording.fail();
    throw error;
  }
}

function fail(waiting: Waiting, failedKeys: ReadonlyMap<string, Error>): void {
  waiting.recording.fail();
  waiting.reject(failedKeys.get(waiting.key) ?? new DatabaseUnavailable("The transaction before it failed"));
}
