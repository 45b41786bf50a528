import assert from "node:assert/strict";
import { test } from "node:test";
import { limitExceeded, MatrixError, tooLarge } from "../http/errors.ts";
import { showError } from "./show-error.ts";

const textOf = (error: MatrixError): string => {
  const { body } = showError(error);
  assert.ok(typeof body === "string");
  return body;
};

test("an error becomes a page of the same status", () => {
  const answer = showError(tooLarge("The <body> is too large"));
  assert.equal(answer.status, 413);
  assert.match(answer.headers["content-type"] ?? "", /^text\/html/);
  assert.match(textOf(tooLarge("The <body> is too large")), /<h1>That is too much<[^]*The &lt;body&gt; is too large/);
});

test("who asks too often reads how long to wait", () => {
  assert.match(textOf(limitExceeded(4_200)), /<h1>Too many attempts<[^]*Wait 5 seconds,/);
  assert.match(textOf(limitExceeded(20)), /Wait a second,/);
});

test("of a fault of the server the request's ID is shown, by which its operator finds it", () => {
  const text = textOf(new MatrixError(500, "M_UNKNOWN", "Internal server error", { request_id: "abc-1" }));
  assert.match(text, /<h1>Something went wrong<[^]*Internal server error \(abc-1\)/);
});
