import type { FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { addressOf, limitKeyOf } from "./address.ts";
import { sendAnswer } from "./answers.ts";
import { type Authenticate, type Origin, requesterOf } from "./authentication.ts";
import type { AnyEndpoint, Requester } from "./endpoint.ts";
import { Exchange, type Waiting } from "./exchange.ts";
import { fail } from "./failures.ts";
import type { HttpMetrics } from "./metrics.ts";
import type { Limiter } from "./rate-limits.ts";
import { Validation } from "./validation.ts";

/** What all routes of a listener work with. */
export interface RouteNeeds {
  readonly endpoints: readonly AnyEndpoint[];
  readonly authenticate: Authenticate;
  readonly limiter: Limiter;
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
  /** Largest body in bytes, for endpoints that do not say otherwise. */
  readonly bodyLimitBytes: number;
  readonly waiting: Waiting;
}

/** What the router runs for one endpoint. */
export interface Route {
  /** Before the body is read: who asks, and do they ask too often? */
  readonly admit: (request: FastifyRequest, reply: FastifyReply, next: () => void) => void;
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => void;
}

/** Who asks, between `admit` and `handle`. */
const requesters = new WeakMap<FastifyRequest, Requester>();

export function createRoute(endpoint: AnyEndpoint, needs: RouteNeeds): Route {
  const validation = new Validation(endpoint);
  const run: Route["handle"] = (request, reply) => void handle(endpoint, validation, { request, reply }, needs);
  return {
    admit(request, reply, collectBody) {
      // Who reads the body itself is run before the framework touches it.
      const next = endpoint.rawBody === true ? () => run(request, reply) : collectBody;
      try {
        const found = requesterOf(endpoint, request.raw, (token) => needs.authenticate(token, originOf(request)));
        if (found instanceof Promise) {
          void admitLater(endpoint, found, { request, reply, next }, needs);
          return;
        }
        admit(endpoint, found, request, needs);
      } catch (error) {
        fail(error, request, reply, needs.logger);
        return;
      }
      next();
    },
    handle: run,
  };
}

interface Entering {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly next: () => void;
}

async function admitLater(
  endpoint: AnyEndpoint,
  found: Promise<Requester | undefined>,
  { request, reply, next }: Entering,
  needs: RouteNeeds,
): Promise<void> {
  try {
    admit(endpoint, await found, request, needs);
  } catch (error) {
    fail(error, request, reply, needs.logger);
    return;
  }
  next();
}

function admit(
  endpoint: AnyEndpoint,
  requester: Requester | undefined,
  request: FastifyRequest,
  needs: RouteNeeds,
): void {
  limit(endpoint, requester, request, needs);
  if (requester !== undefined) requesters.set(request, requester);
  // The framework refuses content types that it cannot parse; what a body is, is seen by its bytes.
  if (endpoint.rawBody !== true) request.raw.headers["content-type"] = undefined;
}

async function handle(
  endpoint: AnyEndpoint,
  validation: Validation,
  { request, reply }: Omit<Entering, "next">,
  { waiting, logger }: RouteNeeds,
): Promise<void> {
  try {
    const { url = "" } = request.raw;
    const mark = url.indexOf("?");
    const { params, body } = request;
    const answer = await endpoint.handle(
      new Exchange({
        params: validation.params(params),
        query: validation.query(mark === -1 ? "" : url.slice(mark + 1)),
        body: validation.body(body instanceof Buffer ? body : undefined),
        requester: requesters.get(request),
        address: addressOf(request),
        request: request.raw,
        response: reply.raw,
        waiting,
      }),
    );
    if (waiting.isOver) reply.header("connection", "close");
    sendAnswer(reply, answer, (error) => {
      logger.warn({ err: error, requestId: request.id, route: endpoint.path }, "An answer broke off");
    });
  } catch (error) {
    fail(error, request, reply, logger);
  }
}

const originOf = (request: FastifyRequest): Origin => ({
  address: addressOf(request),
  userAgent: request.headers["user-agent"] ?? "",
});

/** Who tries to get in is limited by where they are; who is in, by who they are. */
function limit(
  { limit: limitClass }: AnyEndpoint,
  requester: Requester | undefined,
  request: FastifyRequest,
  { limiter }: RouteNeeds,
): void {
  if (limitClass === "none") return;
  const isByAddress = requester === undefined || limitClass === "login" || limitClass === "registration";
  limiter.require(limitClass, isByAddress ? limitKeyOf(addressOf(request)) : requester.userId);
}
