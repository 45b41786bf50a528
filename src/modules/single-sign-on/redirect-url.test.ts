import assert from "node:assert/strict";
import { test } from "node:test";
import { isTrusted, parseRedirectUrl, withLoginToken } from "./redirect-url.ts";

test("the token is put into the query, in place of what is called so, and the rest stays to the letter", () => {
  const cases = [
    ["https://c.test/", "https://c.test/?loginToken=t"],
    ["https://c.test/?a=b%20c&loginToken=x&d=+", "https://c.test/?a=b%20c&d=+&loginToken=t"],
    ["https://c.test/?login%54oken=x#/r?y", "https://c.test/?loginToken=t#/r?y"],
    ["https://c.test/?a=?b", "https://c.test/?a=?b&loginToken=t"],
    ["io.element.app:/callback", "io.element.app:/callback?loginToken=t"],
  ];
  for (const [from = "", to] of cases) assert.equal(withLoginToken(from, "t"), to);
});

test("apps have schemes of their own, and none that runs scripts", () => {
  assert.equal(parseRedirectUrl("element://connect"), "element://connect");
  for (const url of [
    "JavaScript:alert(1)",
    " data:x,y",
    "vbscript:x",
    "c.test",
    `https://c.test/${"x".repeat(2000)}`,
  ]) {
    assert.equal(parseRedirectUrl(url), undefined, url);
  }
});

test("trusted is what lies below, and not what only begins alike", () => {
  const trusted = ["https://c.test/app", "app:/back"];
  for (const url of ["https://c.test/app", "https://c.test/app/x?y", "app:/back"])
    assert.ok(isTrusted(url, trusted), url);
  for (const url of ["https://c.test/apple", "https://c.test.evil/app", "http://c.test/app", "https://c.test:1/app"]) {
    assert.ok(!isTrusted(url, trusted), url);
  }
});
