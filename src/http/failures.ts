import type { FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { sendError, toMatrixError } from "./answers.ts";
import { frameworkErrorOf } from "./broken-requests.ts";
import type { AnyEndpoint } from "./endpoint.ts";
import { MatrixError } from "./errors.ts";
import { ClientGone } from "./exchange.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the route is there for; absent where no endpoint was found. */
    readonly endpoint?: AnyEndpoint;
  }
}

/**
 * What of a refused body is still read so that the client gets to see the answer: what people upload by mistake, a film say,
 * among it. It costs no memory.
 */
const MAX_DRAINED_BYTES = 1024 ** 3;

/** The path of the specification that a request reached, for log and metrics. */
export function routeOf(request: FastifyRequest): string {
  return request.routeOptions.config.endpoint?.path ?? "unknown";
}

/** Tells the client what went wrong; of our own bugs only the request id, their stack goes to the log. Never throws. */
export function fail(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  if (error instanceof ClientGone || reply.sent) return;
  try {
    tell(error, request, reply, logger);
  } catch (unsendable) {
    // Nothing that is thrown here has anybody above it who could still answer.
    logger.error({ err: unsendable, requestId: request.id, route: routeOf(request) }, "An error could not be answered");
    reply.raw.destroy();
  }
}

function tell(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const told = toMatrixError(error) ?? frameworkErrorOf(error);
  const show = request.routeOptions.config.endpoint?.showError;
  const fields = { err: error, requestId: request.id, method: request.method, route: routeOf(request) };
  if (told === undefined) {
    logger.error(fields, "Request failed");
    const bug = new MatrixError(500, "M_UNKNOWN", "Internal server error", { request_id: request.id });
    sendError(reply, bug, show);
    return;
  }
  if (told.status >= 500) logger.warn(fields, "Request not possible now");
  closeWhenTooMuchFollows(request, reply);
  sendError(reply, told, show);
}

/**
 * A client that sends a body sees our answer only when it has sent all of it or looks up in between. A body of bearable
 * size is read and dropped, after which the connection is as good as new; for larger ones the connection is cut.
 */
function closeWhenTooMuchFollows(request: FastifyRequest, reply: FastifyReply): void {
  const { headers, complete } = request.raw;
  if (complete) return;
  const isBearable = Number(headers["content-length"]) <= MAX_DRAINED_BYTES;
  const hasBody = headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
  if (isBearable) {
    reply.removeHeader("connection");
    // The rest of a body that an endpoint has begun to read is not drained by Node itself.
    request.raw.resume();
  }
  if (!isBearable && hasBody) reply.header("connection", "close");
}
