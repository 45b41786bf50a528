import type { Clock } from "../../clock.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { isJsonObject, type JsonValue } from "../../protocol/json/json.ts";
import type { Sql } from "../../store/sql.ts";
import { deleteSession, insertSession, readSession, type UiaSessionRow, updateCompleted } from "./sessions.store.ts";

/** How far a client has come with the authentication of one operation. */
export interface UiaSession {
  readonly sessionId: string;
  /** Method and path. */
  readonly operation: string;
  /** The user who asks; `''` when nobody is logged in. */
  readonly subject: string;
  /** `''` when the body may change meanwhile. */
  readonly bodyHash: string;
  /** The stages that the session may complete, and what the client was told of each when the session began. */
  readonly params: ReadonlyMap<string, JsonValue>;
  /** What the stages that are complete found out. */
  readonly results: ReadonlyMap<string, JsonValue>;
  /** With what the operation ended; `undefined` when it has not, or without a word. */
  readonly outcome: JsonValue | undefined;
  /** What was kept of the request that began the session. */
  readonly kept: JsonValue | undefined;
  readonly expiresAt: number;
}

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
}

/** Stands among the results of the stages when the session has ended; no stage is called so. */
const OUTCOME = "";

/** Likewise for what is kept of the request. */
const KEPT = " ";

/** Client and browser write to a session at the same time; more than that are not waited for. */
const MAX_TRIES = 10;

/** The sessions in the database. Several may add to one at once, and none of it is lost. */
export class UiaSessions {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** @returns `undefined` when there is none, or no more; also for what cannot be the ID of one. */
  async find(sessionId: string): Promise<UiaSession | undefined> {
    const row = await this.#read(sessionId);
    return row && parse(row);
  }

  async insert(session: UiaSession): Promise<void> {
    const row = toRow(session);
    await this.#commit(session.sessionId, (tx) => insertSession(tx, row, this.#needs.clock.now()));
  }

  /** @returns the session with the stage complete; `undefined` when it is there no more. */
  async addResult(sessionId: string, type: string, result: JsonValue): Promise<UiaSession | undefined> {
    return await this.#add(sessionId, type, result);
  }

  /** Ends a session: with a word that is kept until it expires, or at once. */
  async end(sessionId: string, outcome: JsonValue | undefined): Promise<void> {
    if (outcome === undefined) await this.#commit(sessionId, (tx) => deleteSession(tx, sessionId));
    else await this.#add(sessionId, OUTCOME, outcome);
  }

  async #add(sessionId: string, name: string, value: JsonValue): Promise<UiaSession | undefined> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const row = await this.#read(sessionId);
      if (!row) return undefined;
      const to = toText(new Map([...parseMembers(row.completed), [name, value]]));
      const change = { from: row.completed, to };
      const { changes } = await this.#commit(sessionId, (tx) => updateCompleted(tx, sessionId, change));
      if (changes === 1) return parse({ ...row, completed: to });
    }
    throw new Error("Too many requests write to one session of authentication");
  }

  async #read(sessionId: string): Promise<UiaSessionRow | undefined> {
    return isSessionId(sessionId) ? await readSession(this.#needs.sql, sessionId, this.#needs.clock.now()) : undefined;
  }

  async #commit<T>(sessionId: string, build: (tx: Tx) => T): Promise<T> {
    return await this.#needs.partitions.of(sessionId).commit(sessionId, build);
  }
}

/** Whether the text could be a session ID of ours: anything else is not asked for. */
const isSessionId = (text: string): boolean => /^[\w-]{24}$/.test(text);

function parse({ params, completed, ...row }: UiaSessionRow): UiaSession {
  const members = parseMembers(completed);
  return {
    ...row,
    params: parseMembers(params),
    results: new Map([...members].filter(([name]) => name !== OUTCOME && name !== KEPT)),
    outcome: members.get(OUTCOME),
    kept: members.get(KEPT),
  };
}

function toRow({ params, results, kept, outcome, ...rest }: UiaSession): UiaSessionRow {
  const members = new Map(results);
  if (kept !== undefined) members.set(KEPT, kept);
  if (outcome !== undefined) members.set(OUTCOME, outcome);
  return { ...rest, params: toText(params), completed: toText(members) };
}

function parseMembers(text: string): ReadonlyMap<string, JsonValue> {
  const value: JsonValue = JSON.parse(text);
  return new Map(isJsonObject(value) ? Object.entries(value) : []);
}

const toText = (members: ReadonlyMap<string, JsonValue>): string => JSON.stringify(Object.fromEntries(members));
