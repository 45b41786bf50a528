/**
 * Checks what a test's servers answer against the specification: `recordAnswers()` at the top of a test file is all. It
 * follows every Fastify server made in this process, and adds a last test-file step that fails with what did not fit.
 */
import assert from "node:assert/strict";
import { subscribe } from "node:diagnostics_channel";
import { after } from "node:test";
import type { FastifyInstance, onSendHookHandler } from "fastify";
import { AnswerChecker, type RecordedAnswer } from "../contract/answers.ts";
import { answerExceptions } from "../contract/exceptions.ts";
import { releases } from "../contract/specification.ts";

const checker = releases === undefined ? undefined : new AnswerChecker(releases);
const findings = new Set<string>();

/** Checks one answer. Does nothing when the specification is not beside the checkout. */
export function recordAnswer(answer: RecordedAnswer): void {
  for (const text of checker?.check(answer) ?? []) {
    const isExpected = Object.keys(answerExceptions).some((beginning) => text.startsWith(beginning));
    if (!isExpected) findings.add(text);
  }
}

/** For servers that are wired by hand: `app.addHook("onSend", onSend)`. */
export const onSend: onSendHookHandler = (request, reply, payload, done) => {
  const isText = typeof payload === "string" || Buffer.isBuffer(payload);
  const [path = ""] = request.url.split("?", 1);
  if (isText && request.method !== "HEAD" && request.method !== "OPTIONS") {
    recordAnswer({ method: request.method, path, status: reply.statusCode, body: parse(String(payload)) });
  }
  done(null, payload);
};

/** Checks all answers of the servers that this file makes from now on. */
export function recordAnswers(): void {
  subscribe("fastify.initialization", (message) => {
    if (hasServer(message)) message.fastify.addHook("onSend", onSend);
  });
  after(() => assert.deepEqual([...findings], [], "answers that do not fit the specification"));
}

function hasServer(message: unknown): message is { readonly fastify: FastifyInstance } {
  return typeof message === "object" && message !== null && "fastify" in message;
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    // Not JSON: what the operation says of its content type decides whether that is right.
    return undefined;
  }
}
