/*
 * How user-interactive authentication works. A request that is not authenticated enough is answered with 401: the flows
 * (each a list of stages) and a session. The client repeats the request with `auth` naming the session and one stage;
 * each success is kept with the session, until the stages of one flow are complete: then the endpoint goes on. A client
 * that knows the flows may come with its first stage at once, without a session. A session belongs to one operation of
 * one user with one body, so that a password given for one thing is never good for another. Sessions are in the
 * database: a restart in the middle does not disturb. A stage may also be completed in a browser, which knows the session
 * and nothing else of the request; the client then goes on with the session alone.
 * https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api
 */
import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { Answer } from "../../http/endpoint.ts";
import { forbidden, MatrixError, notFound, unknownError } from "../../http/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../protocol/json/json.ts";
import type { Sql } from "../../store/sql.ts";
import { authOf, hashBody } from "./auth-body.ts";
import { type UiaSession, UiaSessions } from "./sessions.ts";
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

/** What a page in a browser may know of a session: whoever has its ID. */
export interface SessionInBrowser {
  /** Method and path of what is to be done. */
  readonly operation: string;
  /** The user who asks; `undefined` when nobody is logged in. */
  readonly userId: string | undefined;
  /** The stages that it may complete, and what the client was told of each. */
  readonly params: ReadonlyMap<string, JsonValue>;
  /** The stages that are complete. */
  readonly completed: ReadonlySet<string>;
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
  /** What pages may know of a session; `undefined` when there is none, it has expired, or what it was for is done. */
  session(sessionId: string): Promise<SessionInBrowser | undefined>;
  /**
   * Attempts a stage from a page in a browser; the client then goes on with the session alone. The body of the client's
   * request is not known there: what it is bound to stays bound.
   * @throws MatrixError 404 `M_NOT_FOUND` without such a session or stage, and what the stage throws when the attempt fails
   * @see https://spec.matrix.org/v1.19/client-server-api/#fallback
   */
  completeInBrowser(sessionId: string, type: string, auth: JsonObject): Promise<void>;
}

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
  /** All stages there are; which of them an endpoint takes, its flows say. */
  readonly stages: readonly Stage[];
  /** The flows for a user, where some depend on who asks: those that the endpoint takes are given. */
  readonly flowsFor?: (flows: readonly Flow[], userId: string) => Promise<readonly Flow[]>;
}

/** From the first contact, however many steps follow. */
export const sessionLifetimeMs = 60 * 60 * 1000;

interface Conversation {
  readonly session: UiaSession;
  readonly isStored: boolean;
}

interface Asking {
  readonly request: UiaRequest;
  readonly flows: readonly Flow[];
}

export function createUia(needs: Needs): Uia {
  const stages = new Map(needs.stages.map((stage) => [stage.type, stage]));
  const sessions = new UiaSessions(needs);

  /** The session that the client names, when it is one of this request. */
  async function resume(request: UiaRequest): Promise<UiaSession | undefined> {
    const sessionId = authOf(request.body)["session"];
    const session = typeof sessionId === "string" ? await sessions.find(sessionId) : undefined;
    if (session && !isOf(session, request)) throw forbidden("The session belongs to another request");
    return session;
  }

  const stageOf = (type: JsonValue | undefined, flows: readonly Flow[]): Stage | undefined =>
    typeof type === "string" && flows.some((flow) => flow.includes(type)) ? stages.get(type) : undefined;

  function begin({ request, flows }: Asking): Conversation {
    const types = new Set(flows.flat());
    const params = new Map([...types].map((type) => [type, stages.get(type)?.params?.() ?? {}]));
    return { session: newSession(request, params, needs.clock.now()), isStored: false };
  }

  async function advance(conversation: Conversation, { request, flows }: Asking): Promise<Conversation> {
    const { session, isStored } = conversation;
    const auth = authOf(request.body);
    const type = auth["type"];
    // A client that completed a stage elsewhere (in a browser) comes back with the session alone.
    if (typeof type !== "string" || session.results.has(type)) return conversation;
    const stage = stageOf(type, flows);
    if (!stage) throw unknownError(400, `This request takes no stage ${type}`);
    const result = await stage.attempt({
      auth,
      userId: request.userId,
      operation: request.operation,
      params: session.params.get(type),
    });
    if (!isStored) return { session: { ...session, results: new Map([[type, result]]) }, isStored };
    const advanced = await sessions.addResult(session.sessionId, type, result);
    if (!advanced) throw unknownSession();
    return { session: advanced, isStored };
  }

  /** Says what is missing, of a session that is stored from now on. */
  async function ask(
    { session, isStored }: Conversation,
    { request, flows }: Asking,
    problem?: MatrixError,
  ): Promise<Answer> {
    if (!isStored) await sessions.insert({ ...session, kept: await request.keep?.() });
    return new Answer(401, challenge(session, flows, problem));
  }

  async function openSession(sessionId: string): Promise<UiaSession | undefined> {
    const session = await sessions.find(sessionId);
    return session?.outcome === undefined ? session : undefined;
  }

  return {
    async require(request, taken) {
      const { userId } = request;
      const flows = userId === undefined ? taken : ((await needs.flowsFor?.(taken, userId)) ?? taken);
      const asking = { request, flows };
      const auth = authOf(request.body);
      await stageOf(auth["type"], flows)?.assertMeant?.({ auth, userId: request.userId, operation: request.operation });
      const found = await resume(request);
      const resumed = found?.outcome === undefined ? found : undefined;
      const conversation = resumed ? { session: resumed, isStored: true } : begin(asking);
      if (typeof auth["session"] === "string" && !resumed) return await ask(conversation, asking, unknownSession());
      const advanced = await attempt(advance(conversation, asking));
      if (advanced instanceof MatrixError) return await ask(conversation, asking, advanced);
      const { session, isStored } = advanced;
      const isComplete = flows.some((flow) => flow.every((type) => session.results.has(type)));
      if (!isComplete) return await ask(advanced, asking);
      return {
        results: session.results,
        end: async (outcome) => {
          if (isStored) await sessions.end(session.sessionId, outcome);
        },
      };
    },

    outcomeOf: async (request) => (await resume(request))?.outcome,

    async keptOf(request) {
      const found = await resume(request);
      const kept = found?.outcome === undefined ? found?.kept : undefined;
      return isJsonObject(kept) ? kept : undefined;
    },

    async session(sessionId) {
      const open = await openSession(sessionId);
      if (!open) return undefined;
      const { operation, params, results } = open;
      return { operation, userId: userOf(open), params, completed: new Set(results.keys()) };
    },

    async completeInBrowser(sessionId, type, auth) {
      const session = await openSession(sessionId);
      const stage = session?.params.has(type) ? stages.get(type) : undefined;
      if (!session || !stage) throw noSuchSession();
      if (session.results.has(type)) return;
      const result = await stage.attempt({
        auth,
        userId: userOf(session),
        operation: session.operation,
        params: session.params.get(type),
      });
      if (!(await sessions.addResult(sessionId, type, result))) throw noSuchSession();
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

/** What a session is bound to. */
const bindingOf = (request: UiaRequest) => ({
  operation: request.operation,
  subject: request.userId ?? "",
  bodyHash: request.mayBodyChange ? "" : hashBody(request.body),
});

function isOf(session: UiaSession, request: UiaRequest): boolean {
  const { operation, subject, bodyHash } = bindingOf(request);
  return session.operation === operation && session.subject === subject && session.bodyHash === bodyHash;
}

const userOf = ({ subject }: UiaSession): string | undefined => (subject === "" ? undefined : subject);

function newSession(request: UiaRequest, params: ReadonlyMap<string, JsonObject>, now: number): UiaSession {
  return {
    sessionId: randomBytes(18).toString("base64url"),
    ...bindingOf(request),
    params,
    results: new Map(),
    outcome: undefined,
    kept: undefined,
    expiresAt: now + sessionLifetimeMs,
  };
}

function challenge(session: UiaSession, flows: readonly Flow[], problem: MatrixError | undefined): JsonObject {
  const { sessionId, params, results } = session;
  const told = [...params].filter(([, value]) => isJsonObject(value) && Object.keys(value).length > 0);
  return {
    ...(problem && { errcode: problem.errcode, error: problem.message }),
    session: sessionId,
    flows: flows.map((stages) => ({ stages })),
    params: Object.fromEntries(told),
    // Who has tried a stage is told which are complete, be it none.
    ...((results.size > 0 || problem !== undefined) && { completed: [...results.keys()] }),
  };
}

const unknownSession = (): MatrixError => forbidden("The session is unknown or has expired: begin anew");

const noSuchSession = (): MatrixError => notFound("There is no such session or stage, or it has expired");
