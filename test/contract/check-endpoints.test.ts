import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { type AnyEndpoint, endpoint, type LimitClass } from "../../src/http/endpoint.ts";
import { checkEndpoints } from "./check-endpoints.ts";
import type { Operation, Release } from "./specification.ts";

const login: Operation = {
  api: "client-server",
  method: "POST",
  path: "/_matrix/client/v3/login/{kind}",
  operationId: "login",
  auth: "none",
  deprecated: false,
  params: [{ in: "query", name: "dir", required: true, schema: { type: "string" } }],
  body: { required: true, contentType: "application/json", schema: { $ref: "#/defs/login" } },
  responses: { "200": {} },
};

const defs = { login: { allOf: [{ required: ["type"] }, { properties: { type: { type: "string" } } }] } };
const v2: Release[] = [{ version: "v2", operations: [login], defs }];

/** What is found for an endpoint that differs from a right one in the members given. */
function findingsFor(change: Partial<AnyEndpoint>, releases: readonly Release[] = v2): string[] {
  const right = endpoint({
    method: "POST",
    path: "/_matrix/client/v3/login/{flow}",
    auth: "none",
    limit: "login",
    params: Type.Object({ flow: Type.String() }),
    query: Type.Object({ dir: Type.String() }),
    body: Type.Object({ type: Type.String(), device: Type.Optional(Type.String()) }),
    handle: async () => ({}),
  });
  return checkEndpoints([{ ...right, ...change }], releases).map(({ key, text }) => `${key}: ${text}`);
}

const where = "POST /_matrix/client/v3/login/{flow}";

test("an endpoint as the specification has it gives no finding, however its parameters are called", () => {
  assert.deepEqual(findingsFor({}), []);
});

test("a path or method that the specification does not have is found", () => {
  assert.deepEqual(findingsFor({ method: "PUT" }), [
    "PUT /_matrix/client/v3/login/{flow}: unknown: the specification has no such operation",
  ]);
});

/** What is found for an endpoint with such a limit. */
const findingsOfLimit = (limit: LimitClass, operation: Operation): string[] =>
  findingsFor({ limit }, [{ version: "v2", operations: [operation], defs }]);

test("a limit that the specification has and we have not is found, and no other", () => {
  const limited = { ...login, responses: { ...login.responses, "429": {} } };
  assert.deepEqual(findingsOfLimit("none", limited), [`${where}: limit: has no limit, v2 has one`]);
  assert.deepEqual(
    [findingsOfLimit("login", limited), findingsOfLimit("none", login), findingsOfLimit("login", login)],
    [[], [], []],
  );
});

test("another kind of authentication is found", () => {
  assert.deepEqual(findingsFor({ auth: "user" }), [`${where}: auth: has auth user, the specification none`]);
});

test("a required member that we do not require is found, in query and body", () => {
  assert.deepEqual(findingsFor({ query: Type.Object({}), body: Type.Object({}) }), [
    `${where}: query dir: is required by v2, not by us`,
    `${where}: body type: is required by v2, not by us`,
  ]);
});

test("a member that only we require is found", () => {
  const body = Type.Object({ type: Type.String(), device: Type.String() });
  assert.deepEqual(findingsFor({ body }), [`${where}: body device: is required by us, not by v2`]);
});

test("another type of a member is found", () => {
  assert.deepEqual(findingsFor({ body: Type.Object({ type: Type.Integer() }) }), [
    `${where}: body type: is integer with us, string in v2`,
  ]);
});
