import assert from "node:assert/strict";
import { test } from "node:test";
import { readModules } from "./our-modules.ts";

/** Pages that people open which have no form of their own. */
const pages: readonly string[] = [
  "/_matrix/static/client/login/",
  "/_matrix/client/v3/login/sso/redirect",
  "/_matrix/client/v3/login/sso/redirect/{idpId}",
  "/_heddle/client/sso/callback",
];

test("what people see in a browser shows them errors as pages, and nothing else does", async () => {
  const endpoints = (await readModules()).flatMap((module) => module.endpoints);
  const seen = new Set([...endpoints.filter(({ isForm }) => isForm).map(({ path }) => path), ...pages]);
  const showing = endpoints.filter(({ showError }) => showError).map(({ method, path }) => `${method} ${path}`);
  const wanted = endpoints.filter(({ path }) => seen.has(path)).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(showing.toSorted(), wanted.toSorted());
});
