import type { Socket } from "node:net";
import { corsHeaders } from "./cors.ts";
import { badJson, invalidParam, MatrixError, tooLarge, unknownError } from "./errors.ts";

/** What the client is told about an error that the HTTP framework found; `undefined` = not one of the client's. */
export function frameworkErrorOf(error: unknown): MatrixError | undefined {
  const code = codeOf(error);
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return tooLarge("The body is too large");
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return badJson("The body is not as long as its Content-Length says");
    case "FST_ERR_BAD_URL":
    case "FST_ERR_MAX_PARAM_LENGTH":
      return invalidParam("The path of the URL is not encoded rightly");
    case "ECONNRESET":
      return unknownError(400, "The request broke off");
    default:
      return undefined;
  }
}

/** Answers what is no HTTP, came too slowly or has too large headers, and ends the connection. */
export function answerBrokenRequest(error: Error, socket: Socket): void {
  if (codeOf(error) === "ECONNRESET" || !socket.writable || hasAnswerUnderWay(socket)) {
    socket.destroy(error);
    return;
  }
  const { status, reason, message } = faultOf(codeOf(error));
  const body = JSON.stringify(unknownError(status, message));
  const headers = Object.entries({
    ...corsHeaders,
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  });
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${head}\r\n${body}`);
}

function faultOf(code: string | undefined): { status: number; reason: string; message: string } {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: 408, reason: "Request Timeout", message: "The request came too slowly" };
    case "HPE_HEADER_OVERFLOW":
      return { status: 431, reason: "Request Header Fields Too Large", message: "The URL and headers are too large" };
    default:
      return { status: 400, reason: "Bad Request", message: "This is not a valid HTTP request" };
  }
}

/** Node marks a socket with the answer that is being written; a second head must not be written into it. */
function hasAnswerUnderWay(socket: Socket): boolean {
  const message: unknown = Reflect.get(socket, "_httpMessage");
  return typeof message === "object" && message !== null && "headersSent" in message && message.headersSent === true;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
