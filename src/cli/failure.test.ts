import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../config/parse.ts";
import { ConfigError } from "../config/problem.ts";
import { ListenError } from "../http/listener.ts";
import { CommandError, describeFailure } from "./failure.ts";
import { explainStartFailure } from "./start-failure.ts";

test("a configuration error exits with 78 and says nothing but the problems", () => {
  const problem = { line: 3, column: 1, key: "databse", message: "unknown key" };
  const failure = describeFailure(new ConfigError("heddle.yaml", [problem]));
  assert.deepEqual(failure, { text: "heddle.yaml:3:1: databse: unknown key", exitCode: 78 });
});

test("other errors exit with 1, their causes on the same line", () => {
  const error = new Error("the database cannot be opened", { cause: new Error("connection refused") });
  assert.deepEqual(describeFailure(error), {
    text: "heddle: the database cannot be opened: connection refused",
    exitCode: 1,
  });
});

test("a bug shows its stack", () => {
  assert.match(describeFailure(new TypeError("x is not a function")).text, /TypeError: x is not a function\n\s+at /);
});

test("a port in use names the listener of the configuration", () => {
  const text = "server_name: a.b\nlisteners: [{port: 1}, {port: 2}]";
  const config = parseConfig(text, { file: "f", folder: "/", environment: {} });
  const [, second] = config.listeners;
  assert.ok(second !== undefined);
  const cause = Object.assign(new Error("listen EADDRINUSE"), { code: "EADDRINUSE" });
  const explained = explainStartFailure(new ListenError(second, cause), config);
  assert.ok(explained instanceof CommandError);
  assert.equal(describeFailure(explained).text, "heddle: listeners[1]: 127.0.0.1:2 is in use by another program");
});
