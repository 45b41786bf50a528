import { validateHeaderValue } from "node:http";
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { DatabaseUnavailable } from "../store/sql.ts";
import { Answer, JsonText } from "./endpoint.ts";
import { ServerStopping } from "./exchange.ts";
import { MatrixError, unavailable } from "./errors.ts";

const JSON_TYPE = "application/json";

/** When nothing better is known: a database that comes back does so in about this time. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Sends what an endpoint gave: an object as JSON, text that is JSON already as it is, an `Answer` in full.
 *
 * @param brokeOff told when the stream of an answer fails: then the client sees its connection end
 * @throws TypeError when the answer cannot be written as JSON, or has a header that HTTP cannot carry
 */
export function sendAnswer(reply: FastifyReply, answer: object, brokeOff: (error: Error) => void): void {
  if (answer instanceof Answer) {
    sendFull(reply, answer, brokeOff);
    return;
  }
  sendJson(reply, answer);
}

/**
 * The type is what the specification writes, to the letter: JSON has no `charset`, which Fastify adds to text that no
 * serializer of ours has made.
 * @see https://spec.matrix.org/v1.19/client-server-api/#api-standards
 */
function sendJson(reply: FastifyReply, answer: object, headers: Readonly<Record<string, string>> = {}): void {
  reply.header("content-type", JSON_TYPE);
  reply.headers(headers);
  reply.serializer(asItIs).send(answer instanceof JsonText ? answer.text : JSON.stringify(answer));
}

const asItIs = (text: string): string => text;

function sendFull(reply: FastifyReply, { status, body, headers }: Answer, brokeOff: (error: Error) => void): void {
  // Found out when the head is written, it would be too late for another answer.
  for (const [name, value] of Object.entries(headers)) validateHeaderValue(name, value);
  reply.code(status);
  const isRaw = body instanceof Readable || body instanceof Uint8Array;
  if (typeof body === "object" && !isRaw) {
    sendJson(reply, body, headers);
    return;
  }
  reply.header("content-type", isRaw ? "application/octet-stream" : "text/plain; charset=utf-8");
  reply.headers(headers);
  if (body instanceof Readable) body.once("error", brokeOff);
  reply.send(body);
}

/** What an answer that then failed may have said of itself. */
const ownHeaders = ["content-length", "content-encoding", "content-disposition", "cache-control", "etag", "location"];

/**
 * Sends an error with the headers that its errcode calls for: as the specification wants it, unless `show` makes a page
 * of it for people.
 */
export function sendError(reply: FastifyReply, error: MatrixError, show?: (error: MatrixError) => Answer): void {
  for (const name of ownHeaders) reply.removeHeader(name);
  reply.code(error.status);
  const waitMs = error.extra["retry_after_ms"];
  if (typeof waitMs === "number") reply.header("retry-after", String(Math.ceil(waitMs / 1000)));
  else if (error.status === 503) reply.header("retry-after", String(RETRY_AFTER_SECONDS));
  // A page is a text: nothing of it can break off.
  if (show) sendFull(reply, show(error), () => undefined);
  else sendJson(reply, error.toJSON());
}

/** What the client is told about an error that was no bug; `undefined` = it was one. */
export function toMatrixError(error: unknown): MatrixError | undefined {
  if (error instanceof MatrixError) return error;
  if (error instanceof DatabaseUnavailable) {
    return unavailable("The database cannot answer now, try again later", { cause: error });
  }
  if (isOfStorage(error)) {
    return unavailable("The server cannot write its files now, try again later", { cause: error });
  }
  if (error instanceof ServerStopping) return unavailable("The server is stopping, try again later", { cause: error });
  return undefined;
}

/** A disk that is full, has failed, or may not be written: nothing that a request could have done otherwise. */
const STORAGE_CODES: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EACCES", "EPERM", "EIO"]);

/** Whether the system refused a file, told by its name: sockets have such codes as well. */
const isOfStorage = (error: unknown): boolean =>
  error instanceof Error && "code" in error && STORAGE_CODES.has(error.code) && isOfFile(error);

const isOfFile = (error: Error): boolean =>
  "syscall" in error && ["open", "write", "fsync", "rename", "mkdir"].includes(String(error.syscall));
