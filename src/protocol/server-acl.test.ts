import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "./json/json.ts";
import { compileServerAcl } from "./server-acl.ts";

function rule(content: JsonObject | undefined, serverName: string): string {
  const verdict = compileServerAcl(content).check(serverName);
  return verdict.allowed ? "allowed" : verdict.rule;
}

test("a room without an access list lets every server in", () => {
  assert.equal(rule(undefined, "1.2.3.4"), "allowed");
});

test("a list that allows nothing refuses everybody", () => {
  assert.equal(rule({}, "example.org"), "server_acl.not_allowed");
  assert.equal(rule({ allow: "*" }, "example.org"), "server_acl.not_allowed");
});

test("a denied server is refused though it is allowed too, whatever its port and case", () => {
  const acl = { allow: ["*"], deny: ["*.evil.com", "evil.com"] };
  assert.equal(rule(acl, "evil.com:8448"), "server_acl.denied");
  assert.equal(rule(acl, "WWW.Evil.com:1"), "server_acl.denied");
  assert.equal(rule(acl, "good.com:8448"), "allowed");
});

test("IP literals are refused when the list says so with a boolean", () => {
  const acl = { allow: ["*"], allow_ip_literals: false };
  assert.equal(rule(acl, "1.2.3.4:8448"), "server_acl.ip_literal");
  assert.equal(rule(acl, "[::1]:8448"), "server_acl.ip_literal");
  assert.equal(rule(acl, "1.2.3.4.example.org"), "allowed");
  assert.equal(rule({ allow: ["*"], allow_ip_literals: "false" }, "1.2.3.4"), "allowed");
});

test("entries that are no strings match nothing", () => {
  assert.equal(rule({ allow: [1, null, "*"], deny: [{}] }, "example.org"), "allowed");
});

test("something that is no server name is refused", () => {
  assert.equal(rule({ allow: ["*"] }, "evil.com/"), "server_acl.bad_name");
});
