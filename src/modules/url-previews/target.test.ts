import assert from "node:assert/strict";
import { test } from "node:test";
import { hostPolicy } from "./target.ts";

const all = { allowedHosts: undefined, deniedHosts: [], allowedPorts: [80, 443] };
const asks = (rules: Partial<Parameters<typeof hostPolicy>[0]>, url: string): boolean =>
  hostPolicy({ ...all, ...rules })(new URL(url));

test("hosts are asked unless they are denied, or others alone are allowed", () => {
  const rules = { deniedHosts: ["bad.test", "*.bad.test", "10.*"] };
  for (const host of ["bad.test", "BAD.test", "bad.test.", "a.b.bad.test", "10.0.0.1"]) {
    assert.equal(asks(rules, `http://${host}/`), false, host);
  }
  for (const host of ["good.test", "notbad.test", "bad.test.good.test"]) {
    assert.equal(asks(rules, `http://${host}/`), true, host);
  }
  assert.equal(asks({ allowedHosts: ["*.good.test"] }, "https://a.good.test/"), true);
  assert.equal(asks({ allowedHosts: ["*.good.test"] }, "https://good.test.evil.test/"), false);
  assert.equal(asks({ allowedHosts: ["*.good.test"], deniedHosts: ["b.good.test"] }, "https://b.good.test/"), false);
});

test("ports are asked that are allowed, named or not", () => {
  for (const url of ["http://a.test/", "https://a.test/", "http://a.test:443/"]) assert.equal(asks({}, url), true, url);
  for (const url of ["http://a.test:22/", "https://a.test:8443/"]) assert.equal(asks({}, url), false, url);
  assert.equal(asks({ allowedPorts: [443] }, "http://a.test/"), false);
  assert.equal(asks({ allowedPorts: undefined }, "http://a.test:22/"), true);
});
