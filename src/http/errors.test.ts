import assert from "node:assert/strict";
import { test } from "node:test";
import * as errors from "./errors.ts";

test("an error is the JSON of the specification with the members of its errcode", () => {
  assert.deepEqual(errors.forbidden("No").toJSON(), { errcode: "M_FORBIDDEN", error: "No" });
  assert.deepEqual(errors.unknownToken(true).toJSON(), {
    errcode: "M_UNKNOWN_TOKEN",
    error: "The access token is not known",
    soft_logout: true,
  });
  assert.deepEqual(errors.unknownToken().extra, {});
  assert.deepEqual(errors.wrongRoomKeysVersion("7").extra, { current_version: "7" });
  assert.deepEqual(errors.resourceLimitExceeded("Full", "mailto:a@b").extra, { admin_contact: "mailto:a@b" });
});

test("the wait of a limited client is whole milliseconds, rounded up", () => {
  assert.deepEqual(errors.limitExceeded(0.2).extra, { retry_after_ms: 1 });
});

test("the cause of an error is kept and not told", () => {
  const error = errors.unavailable("Later", { cause: new Error("secret") });
  assert.ok(error.cause instanceof Error);
  assert.deepEqual(error.toJSON(), { errcode: "M_UNKNOWN", error: "Later" });
});

test("every constructor of the catalogue makes a standard error with a status of its kind", () => {
  for (const [name, make] of Object.entries(errors)) {
    if (name === "MatrixError" || name === "unknownError") continue;
    const error: unknown = Reflect.apply(make, undefined, ["x", "y"]);
    assert.ok(error instanceof errors.MatrixError, name);
    assert.match(error.errcode, /^M_[A-Z]+(_[A-Z]+)*$/, name);
    assert.ok(error.status >= 400 && error.status < 600, name);
  }
});
