import assert from "node:assert/strict";
import { test } from "node:test";
import { Check } from "typebox/schema";
import { durationSchema, parseDuration, parseSize, sizeSchema } from "./units.ts";

test("durations are milliseconds", () => {
  assert.equal(parseDuration("250ms"), 250);
  assert.equal(parseDuration("90s"), 90_000);
  assert.equal(parseDuration("1d"), 86_400_000);
});

test("sizes are bytes, their units powers of 1024", () => {
  for (const text of ["100M", "100MB", "100MiB"]) assert.equal(parseSize(text), 104_857_600);
  assert.equal(parseSize("12B"), 12);
  assert.equal(parseSize(4096), 4096);
});

test("the schemas refuse what the parsers cannot read", () => {
  const duration = durationSchema("", "1d");
  const size = sizeSchema("", 0);
  assert.ok(Check(duration, "7d") && Check(size, "64K") && Check(size, 5));
  assert.ok(!Check(duration, "7") && !Check(duration, "1 day") && !Check(size, "64X") && !Check(size, -1));
});
