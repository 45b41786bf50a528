import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { addressOf } from "./address.ts";
import { sendError } from "./answers.ts";
import { answerBrokenRequest } from "./broken-requests.ts";
import { corsHeaders, PREFLIGHT_MAX_AGE_SECONDS } from "./cors.ts";
import type { AnyEndpoint, Surface } from "./endpoint.ts";
import { unrecognized, wrongMethod } from "./errors.ts";
import { fail, routeOf } from "./failures.ts";
import { loggableUrl } from "./logging.ts";
import { createRoute, type RouteNeeds } from "./route.ts";
import { KnownPaths, pathsOf, toRouterPath } from "./routes.ts";

/**
 * How this works: every request, known or not, first passes `onRequest` below, which adds the headers that all answers
 * have and answers pre-flight requests, unknown paths and wrong methods at once. For a known path the route's own hook
 * then finds out who asks and whether they ask too often, before a single byte of the body is read. The framework
 * collects the body up to its limit; its JSON, the schemas and the endpoint are the route's handler.
 */

interface RouterOptions {
  readonly serve: readonly Surface[];
  readonly trustedProxies: readonly string[];
}

/** Node's own limit on the request line is far below: no parameter is too long for the router. */
const MAX_PARAM_LENGTH = 65_536;

export function createRouter(options: RouterOptions, needs: RouteNeeds, server: Server): FastifyInstance {
  const app: FastifyInstance = fastify({
    serverFactory: (handler) => server.on("request", handler),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, querystringParser: () => noQuery },
    exposeHeadRoutes: false,
    // Routes have no schemas of the framework's: its compilers, a hundred files, are not even read.
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    genReqId: requestIds(),
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      begin(request, reply, needs);
      fail(error, request, reply, needs.logger);
    },
  });
  readBodiesAsBytes(app);
  const known = new KnownPaths();
  app.addHook("onRequest", (request, reply, done) => {
    begin(request, reply, needs);
    if (request.method === "OPTIONS")
      reply.code(204).header("access-control-max-age", PREFLIGHT_MAX_AGE_SECONDS).send();
    else if (request.is404) refuse(request, reply, known);
    else done();
  });
  app.setErrorHandler((error, request, reply) => fail(error, request, reply, needs.logger));
  app.setNotFoundHandler((request, reply) => refuse(request, reply, known));
  for (const endpoint of needs.endpoints) {
    if (isServed(endpoint, options)) addEndpoint(app, endpoint, needs, known);
  }
  return app;
}

const noQuery = {};

function noCompiler(): never {
  throw new TypeError("A route of the framework has no schema: endpoints bring their own");
}

function isServed({ surface = "client" }: AnyEndpoint, { serve }: RouterOptions): boolean {
  return typeof surface === "string" ? serve.includes(surface) : surface.some((one) => serve.includes(one));
}

/** Bodies are collected whatever their content type says, and are JSON or not by what is in them. */
function readBodiesAsBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

function addEndpoint(app: FastifyInstance, endpoint: AnyEndpoint, needs: RouteNeeds, known: KnownPaths): void {
  const route = createRoute(endpoint, needs);
  const methods = endpoint.method === "GET" ? ["GET", "HEAD"] : [endpoint.method];
  for (const path of pathsOf(endpoint)) {
    for (const method of methods) known.add(path, method);
    app.route({
      method: methods,
      url: toRouterPath(path),
      bodyLimit: endpoint.bodyLimitBytes ?? needs.bodyLimitBytes,
      config: { endpoint },
      onRequest: route.admit,
      handler: route.handle,
    });
  }
}

/** Unique in the process and, nearly, over its restarts. */
function requestIds(): () => string {
  const prefix = randomBytes(4).toString("hex");
  let count = 0;
  return () => `${prefix}-${(++count).toString(36)}`;
}

/** What all answers have in common; and what is noted when the last byte is out or the client is gone. */
function begin(request: FastifyRequest, reply: FastifyReply, { metrics, logger, waiting }: RouteNeeds): void {
  const startedAt = performance.now();
  // A closed socket does not know its address any more.
  const address = addressOf(request);
  const { raw } = reply;
  reply.headers(corsHeaders);
  reply.header("x-request-id", request.id);
  if (waiting.isOver) reply.header("connection", "close");
  metrics.inFlight.inc();
  raw.once("close", () => {
    metrics.inFlight.dec();
    const status = raw.writableEnded ? raw.statusCode : CLIENT_CLOSED_REQUEST;
    const seconds = (performance.now() - startedAt) / 1000;
    const route = routeOf(request);
    metrics.answered(request.method, route, status, seconds);
    if (logger.isLevelEnabled("debug")) {
      logger.debug(
        {
          requestId: request.id,
          method: request.method,
          url: loggableUrl(request.url),
          status,
          seconds,
          address,
        },
        "request",
      );
    }
  });
}

/** For log and metrics only: nobody is there to be told. */
const CLIENT_CLOSED_REQUEST = 499;

/**
 * 405 for a path that other methods have, 404 for one that nobody has.
 * @see https://spec.matrix.org/v1.19/client-server-api/#common-error-codes
 */
function refuse(request: FastifyRequest, reply: FastifyReply, known: KnownPaths): void {
  const [path = ""] = request.url.split("?", 1);
  const methods = known.methodsOf(path);
  if (methods.size === 0) {
    sendError(reply, unrecognized());
    return;
  }
  reply.header("allow", [...methods, "OPTIONS"].join(", "));
  sendError(reply, wrongMethod(request.method));
}
