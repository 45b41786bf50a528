/*
 * How user-interactive authentication works. A request that is not authenticated enough is answered with 401: the flows
 * (each a list of stages) and a session. The client repeats the request with `auth` naming the session and one stage;
 * each success is kept with the session, until the stages of one flow are complete: then the endpoint goes on. A client
 * that knows the flows may come with its first stage at once, without a session. A session belongs to one operation of
 * one user with one body, so that a password given for one thing is never good for another. Sessions are in the
 * database: a restart in the middle does not disturb.
 * https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api
 */
import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { Answer } from "../../http/endpoint.ts";
import { forbidden, MatrixError, notFound, unknownError } from "../../http/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../protocol/json/json.ts";
import type { Sql } from "../../store/sql.ts";
import { InTurn } from "../../in-turn.ts";
import { authOf, hashBody, parseResults } from "./auth-body.ts";
import { deleteSession, insertSession, readSession, type UiaSession, updateCompleted } from "./sessions.store.ts";
import type { Stage } from "./stage.ts";

/** What is to be authenticated. */
export interface UiaRequest {
  /** Method and path, e.g. `POST /_matrix/client/v3/delete_devices`, parameters filled in. */
  readonly operation: string;
  /** The user who asks; absent when nobody is logged in. */
  readonly userId?: string | undefined;
  readonly body: object;
  /** Whether the rest of the body may change between the steps, as it does while people choose a name. Default: no. */
  readonly mayBodyChange?: boolean;
  /**
   * What is to be kept of the body when a session begins, for a client that goes on with `auth` alone: see `keptOf`. It is
   * stored as it is, so it must hold no secret.
   */
  readonly keep?: () => Promise<JsonObject>;
}

/** A sequence of stages that suffices. */
export type Flow = readonly string[];

/** All stages of a flow are complete. */
export interface Authenticated {
  /** What the stages found out, by their types. */
  readonly results: ReadonlyMap<string, JsonValue>;
  /**
   * To be called when the operation has succeeded, so that the session serves no second one. `outcome` is for clients whose
   * answer got lost: it is kept until the session expires.
   */
  end(outcome?: JsonValue): Promise<void>;
}

export interface Uia {
  /** @returns the 401 answer that the endpoint must give, or what was found out when it may go on. */
  require(request: UiaRequest, flows: readonly Flow[]): Promise<Authenticated | Answer>;
  /**
   * With which outcome the session that the request names has ended; `undefined` when it has not, or without one. To retry a
   * completed stage is to ask for the result once more.
   * @see https://spec.matrix.org/v1.19/client-server-api/#user-interactive-api-in-the-rest-api
   */
  outcomeOf(request: UiaRequest): Promise<JsonValue | undefined>;
  /** What was kept of the request that began the session that this one names; `undefined` when there is none, or it ended. */
  keptOf(request: UiaRequest): Promise<JsonObject | undefined>;
  /** What a page in a browser may know of a session: whoever has its ID. `undefined` when there is none, or it ended. */
  session(sessionId: string): Promise<SessionInBrowser | undefined>;
  /**
   * Attempts a stage from a page in a browser; the client then goes on with the session alone. The body of the client's
   * request is not known there: what it is bound to stays bound.
   * @throws MatrixError 404 `M_NOT_FOUND` without such a session, and what the stage throws when the attempt fails
   * @see https://spec.matrix.org/v1.19/client-server-api/#fallback
   */
  completeInBrowser(sessionId: string, type: string, auth: JsonObject): Promise<void>;
}

/** A session as pages see it. */
export interface SessionInBrowser {
  /** The user who asks; `undefined` when nobody is logged in. */
  readonly userId: string | undefined;
  /** The stages that are complete. */
  readonly completed: ReadonlySet<string>;
}

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
  /** All stages there are; which of them an endpoint takes, its flows say. */
  readonly stages: readonly Stage[];
}

/** From the first contact, however many steps follow. */
export const sessionLifetimeMs = 60 * 60 * 1000;

/** Stands among the results of the stages when the session has ended; no stage is called so. */
const OUTCOME = "";

/** Likewise for what is kept of the request. */
const KEPT = " ";

interface Conversation {
  readonly session: UiaSession;
  readonly isStored: boolean;
  readonly results: ReadonlyMap<string, JsonValue>;
}

export function createUia(needs: Needs): Uia {
  const stages = new Map(needs.stages.map((stage) => [stage.type, stage]));
  const turns = new InTurn();

  /** A page and a client may complete stages of one session at once: none may undo what the other did. */
  async function inTurn<T>(request: UiaRequest, work: () => Promise<T>): Promise<T> {
    const sessionId = authOf(request.body)["session"];
    return typeof sessionId === "string" ? await turns.run(sessionId, work) : await work();
  }

  async function openSession(sessionId: string): Promise<Conversation | undefined> {
    const session = isSessionId(sessionId) && (await readSession(needs.sql, sessionId, needs.clock.now()));
    if (!session) return undefined;
    const results = parseResults(session.completed);
    return results.has(OUTCOME) ? undefined : { session, isStored: true, results };
  }

  async function commit<T>(sessionId: string, build: (tx: Tx) => T): Promise<T> {
    return await needs.partitions.of(sessionId).commit(sessionId, build);
  }

  /** The session that the client names, when it is one of this request. */
  async function resume(request: UiaRequest, sessionId: string): Promise<Conversation | undefined> {
    const session = isSessionId(sessionId) && (await readSession(needs.sql, sessionId, needs.clock.now()));
    if (!session) return undefined;
    const fresh = newSession(request, needs.clock.now());
    const isSame = session.operation === fresh.operation && session.subject === fresh.subject;
    if (!isSame || session.bodyHash !== fresh.bodyHash) throw forbidden("The session belongs to another request");
    return { session, isStored: true, results: parseResults(session.completed) };
  }

  const stageOf = (type: JsonValue | undefined, flows: readonly Flow[]): Stage | undefined =>
    typeof type === "string" && flows.some((flow) => flow.includes(type)) ? stages.get(type) : undefined;

  function paramsOf(flows: readonly Flow[]): JsonObject {
    const asked = [...new Set(flows.flat())].map((type) => [type, stages.get(type)?.params?.()] as const);
    return Object.fromEntries(asked.filter((entry): entry is [string, JsonObject] => entry[1] !== undefined));
  }

  function begin(request: UiaRequest): Conversation {
    return { session: newSession(request, needs.clock.now()), isStored: false, results: new Map() };
  }

  async function advance(
    conversation: Conversation,
    request: UiaRequest,
    flows: readonly Flow[],
  ): Promise<Conversation> {
    const auth = authOf(request.body);
    const type = auth["type"];
    // A client that completed a stage elsewhere (in a browser) comes back with the session alone.
    if (typeof type !== "string") return conversation;
    const stage = stageOf(type, flows);
    if (!stage) throw unknownError(400, `This request takes no stage ${type}`);
    const result = await stage.attempt({ auth, userId: request.userId });
    return { ...conversation, results: new Map([...conversation.results, [type, result]]) };
  }

  /** Keeps how far the client has come, and says what is missing. */
  async function ask(
    conversation: Conversation,
    { request, flows, problem }: { request: UiaRequest; flows: readonly Flow[]; problem?: MatrixError },
  ): Promise<Answer> {
    const { isStored, results } = conversation;
    const kept = isStored ? undefined : await request.keep?.();
    const completed = toText(kept ? new Map([...results, [KEPT, kept]]) : results);
    const session = { ...conversation.session, completed };
    await commit(session.sessionId, (tx) => {
      if (isStored) updateCompleted(tx, session.sessionId, completed);
      else insertSession(tx, session, needs.clock.now());
    });
    return new Answer(
      401,
      challenge({ session: session.sessionId, flows, params: paramsOf(flows) }, stagesIn(results), problem),
    );
  }

  async function requireInTurn(request: UiaRequest, flows: readonly Flow[]): Promise<Authenticated | Answer> {
    const auth = authOf(request.body);
    stageOf(auth["type"], flows)?.assertMeant?.({ auth, userId: request.userId });
    const sessionId = auth["session"];
    const found = typeof sessionId === "string" ? await resume(request, sessionId) : undefined;
    const resumed = found?.results.has(OUTCOME) ? undefined : found;
    const conversation = resumed ?? begin(request);
    if (typeof sessionId === "string" && !resumed)
      return await ask(conversation, { request, flows, problem: unknownSession() });
    const advanced = await attempt(advance(conversation, request, flows));
    if (advanced instanceof MatrixError) return await ask(conversation, { request, flows, problem: advanced });
    const { session, isStored, results } = advanced;
    if (!flows.some((flow) => flow.every((type) => results.has(type)))) return await ask(advanced, { request, flows });
    if (isStored) await commit(session.sessionId, (tx) => updateCompleted(tx, session.sessionId, toText(results)));
    return {
      results: stagesIn(results),
      end: async (outcome) => {
        if (!isStored) return;
        const ended = outcome === undefined ? undefined : toText(new Map([...results, [OUTCOME, outcome]]));
        await commit(session.sessionId, (tx) => {
          if (ended === undefined) deleteSession(tx, session.sessionId);
          else updateCompleted(tx, session.sessionId, ended);
        });
      },
    };
  }

  return {
    require: async (request, flows) => await inTurn(request, async () => await requireInTurn(request, flows)),

    async outcomeOf(request) {
      const sessionId = authOf(request.body)["session"];
      const found = typeof sessionId === "string" ? await resume(request, sessionId) : undefined;
      return found?.results.get(OUTCOME);
    },

    async session(sessionId) {
      const open = await openSession(sessionId);
      return open && { userId: open.session.subject || undefined, completed: new Set(stagesIn(open.results).keys()) };
    },

    async completeInBrowser(sessionId, type, auth) {
      await turns.run(sessionId, async () => {
        const open = await openSession(sessionId);
        const stage = stages.get(type);
        if (!open || !stage) throw notFound("There is no such session, or it has expired");
        const result = await stage.attempt({ auth, userId: open.session.subject || undefined });
        const completed = toText(new Map([...open.results, [type, result]]));
        await commit(sessionId, (tx) => updateCompleted(tx, sessionId, completed));
      });
    },

    async keptOf(request) {
      const sessionId = authOf(request.body)["session"];
      const found = typeof sessionId === "string" ? await resume(request, sessionId) : undefined;
      const kept = found?.results.has(OUTCOME) ? undefined : found?.results.get(KEPT);
      return isJsonObject(kept) ? kept : undefined;
    },
  };
}

/** A stage that fails is an answer to give; everything else that goes wrong is an error like any. */
async function attempt(advancing: Promise<Conversation>): Promise<Conversation | MatrixError> {
  try {
    return await advancing;
  } catch (error) {
    if (error instanceof MatrixError && error.status !== 429) return error;
    throw error;
  }
}

function newSession(request: UiaRequest, now: number): UiaSession {
  return {
    sessionId: randomBytes(18).toString("base64url"),
    operation: request.operation,
    subject: request.userId ?? "",
    bodyHash: request.mayBodyChange ? "" : hashBody(request.body),
    completed: "{}",
    expiresAt: now + sessionLifetimeMs,
  };
}

interface Asked {
  readonly session: string;
  readonly flows: readonly Flow[];
  /** What clients must know of stages, by their types. */
  readonly params: JsonObject;
}

function challenge(
  { session, flows, params }: Asked,
  results: ReadonlyMap<string, JsonValue>,
  problem: MatrixError | undefined,
): JsonObject {
  return {
    ...(problem && { errcode: problem.errcode, error: problem.message }),
    session,
    flows: flows.map((stages) => ({ stages })),
    params,
    // Who has tried a stage is told which are complete, be it none.
    ...((results.size > 0 || problem !== undefined) && { completed: [...results.keys()] }),
  };
}

/** Whether the text could be a session ID of ours: anything else is not asked for. */
const isSessionId = (text: string): boolean => /^[\w-]{24}$/.test(text);

const unknownSession = (): MatrixError => forbidden("The session is unknown or has expired: begin anew");

const stagesIn = (results: ReadonlyMap<string, JsonValue>): ReadonlyMap<string, JsonValue> =>
  new Map([...results].filter(([name]) => name !== OUTCOME && name !== KEPT));

const toText = (results: ReadonlyMap<string, JsonValue>): string => JSON.stringify(Object.fromEntries(results));
