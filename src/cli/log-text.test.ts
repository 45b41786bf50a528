import assert from "node:assert/strict";
import { test } from "node:test";
import { formatLine } from "./log-text.ts";

const line = {
  level: "info",
  time: "2026-03-01T12:00:01.250Z",
  module: "rooms",
  msg: "joined",
  roomId: "!a:b",
  count: 2,
};

test("a log line for people has time, level, module, message and fields", () => {
  assert.equal(formatLine(JSON.stringify(line), false), "12:00:01.250 info  rooms: joined roomId=!a:b count=2\n");
});

test("the stack of an error stands below its line", () => {
  const text = formatLine(JSON.stringify({ ...line, err: { stack: "Error: x\n  at y" } }), false);
  assert.ok(text.endsWith("count=2\n    Error: x\n      at y\n"));
});

test("levels are coloured on a terminal only", () => {
  assert.ok(formatLine(JSON.stringify(line), true).includes("\u001B[32minfo"));
});
