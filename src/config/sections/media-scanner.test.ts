import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../parse.ts";
import { ConfigError } from "../problem.ts";

const parse = (clamd: string) =>
  parseConfig(JSON.stringify({ server_name: "test", media: { scanner: { clamd } } }), {
    file: "heddle.yaml",
    folder: "/etc/heddle",
    environment: {},
  }).media.scanner?.address;

test("a scanner listens on a socket, which may be relative to the file, or on a port", () => {
  assert.deepEqual(parse("unix:clamd.ctl"), { path: "/etc/heddle/clamd.ctl" });
  assert.deepEqual(parse("unix:/run/clamd.ctl"), { path: "/run/clamd.ctl" });
  assert.deepEqual(parse("tcp://127.0.0.1:3310"), { host: "127.0.0.1", port: 3310 });
  assert.deepEqual(parse("tcp://[::1]:3310"), { host: "::1", port: 3310 });
});

test("what is no address of a scanner is named by its key", () => {
  for (const wrong of ["127.0.0.1:3310", "tcp://127.0.0.1", "tcp://host:99999", "tcp://host/path:33"]) {
    assert.throws(
      () => parse(wrong),
      (error) => error instanceof ConfigError && error.message.includes("media.scanner.clamd"),
      wrong,
    );
  }
});
