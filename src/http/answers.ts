import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { DatabaseUnavailable } from "../store/sql.ts";
import { Answer, JsonText } from "./endpoint.ts";
import { ServerStopping } from "./exchange.ts";
import { MatrixError, unavailable } from "./errors.ts";

const JSON_TYPE = "application/json";

/** When nothing better is known: a database that comes back does so in about this time. */
const RETRY_AFTER_SECONDS = 5;

/** Sends what an endpoint gave: an object as JSON, text that is JSON already as it is, an `Answer` in full. */
export function sendAnswer(reply: FastifyReply, answer: object): void {
  if (answer instanceof Answer) {
    sendFull(reply, answer);
    return;
  }
  reply.header("content-type", JSON_TYPE);
  reply.send(answer instanceof JsonText ? answer.text : JSON.stringify(answer));
}

function sendFull(reply: FastifyReply, { status, body, headers }: Answer): void {
  reply.code(status);
  const isRaw = body instanceof Readable || body instanceof Uint8Array;
  if (typeof body === "object" && !isRaw) {
    reply.header("content-type", JSON_TYPE);
    reply.headers(headers);
    reply.send(body instanceof JsonText ? body.text : JSON.stringify(body));
    return;
  }
  reply.header("content-type", isRaw ? "application/octet-stream" : "text/plain; charset=utf-8");
  reply.headers(headers);
  reply.send(body);
}

/** Sends an error as the specification wants it, with the headers that its errcode calls for. */
export function sendError(reply: FastifyReply, error: MatrixError, extra: Readonly<Record<string, string>> = {}): void {
  reply.code(error.status);
  reply.header("content-type", JSON_TYPE);
  const waitMs = error.extra["retry_after_ms"];
  if (typeof waitMs === "number") reply.header("retry-after", String(Math.ceil(waitMs / 1000)));
  else if (error.status === 503) reply.header("retry-after", String(RETRY_AFTER_SECONDS));
  reply.send(JSON.stringify({ ...error.toJSON(), ...extra }));
}

/** What the client is told about an error that was no bug; `undefined` = it was one. */
export function toMatrixError(error: unknown): MatrixError | undefined {
  if (error instanceof MatrixError) return error;
  if (error instanceof DatabaseUnavailable) {
    return unavailable("The database cannot answer now, try again later", { cause: error });
  }
  if (error instanceof ServerStopping) return unavailable("The server is stopping, try again later", { cause: error });
  return undefined;
}
