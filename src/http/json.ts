import { isUtf8 } from "node:buffer";
import { badJson, notJson } from "./errors.ts";

/** Deeper bodies are refused: what walks or writes JSON recursively must not run out of stack. */
export const MAX_JSON_DEPTH = 100;

/**
 * Reads a request body as JSON. Unlike the framework's reader it keeps a member called `__proto__` (an own property,
 * legal in events) and refuses what could never be signed or stored: text that is no UTF-8, and escaped lone surrogates.
 * Of a member given twice the last one counts. Cost: one pass over the bytes, and the engine's own parser.
 *
 * @throws MatrixError M_NOT_JSON when it is not JSON, M_BAD_JSON when it is too deep or holds half a surrogate pair
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw notJson("The body is not UTF-8");
  if (isTooDeep(bytes)) throw badJson(`The body is nested more than ${MAX_JSON_DEPTH} levels deep`);
  const text = bytes.toString("utf8");
  const value = parse(text);
  if (escapedSurrogate.test(text) && !isWellFormed(value)) throw badJson("A string of the body is not valid Unicode");
  return value;
}

const escapedSurrogate = /\\u[dD][89a-fA-F]/;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw notJson("The body is not JSON");
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** All marks of JSON are ASCII, so bytes can be counted without decoding. */
function isTooDeep(bytes: Buffer): boolean {
  // Every level needs two bytes.
  if (bytes.length <= 2 * MAX_JSON_DEPTH) return false;
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > MAX_JSON_DEPTH) return true;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
    }
  }
  return false;
}

function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** Recursion is safe here: the depth has been checked. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isWellFormed(member));
}
