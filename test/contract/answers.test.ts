import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerChecker } from "./answers.ts";
import type { Operation } from "./specification.ts";

function operation(operationId: string, path: string, member: string): Operation {
  const schema = { type: "object", properties: { [member]: { $ref: "#/defs/text" } }, required: [member] };
  return {
    api: "client-server",
    method: "GET",
    path,
    operationId,
    auth: "none",
    deprecated: false,
    params: [],
    responses: { "200": { contentType: ["application/json"], schema } },
  };
}

const operations = [
  operation("byId", "/_matrix/client/v3/things/{id}", "id"),
  operation("all", "/_matrix/client/v3/things/all", "all"),
  operation("also", "/_matrix/client/v3/things/all", "also"),
];
const checker = new AnswerChecker([{ version: "v2", operations, defs: { text: { type: "string" } } }]);

const check = (path: string, body: unknown, status = 200) =>
  checker.check({ method: "GET", path: `/_matrix/client/${path}`, status, body });

test("an answer that fits its schema is fine, with members that the schema does not know", () => {
  assert.deepEqual(check("v3/things/1", { id: "1", extra: 1 }), []);
});

test("a wrong type is named with its place", () => {
  assert.deepEqual(check("v3/things/1", { id: 1 }), ["client-server byId 200: /id must be string"]);
});

test("r0 is held to what v3 promises", () => {
  assert.deepEqual(check("r0/things/1", {}), ["client-server byId 200: the answer must have required property 'id'"]);
});

test("a literal path wins over one with a parameter, and one of several operations is enough", () => {
  assert.deepEqual(check("v3/things/all", { also: "x" }), []);
  assert.equal(check("v3/things/all", { id: "x" }).length, 2);
});

test("errors need errcode and error, documented or not", () => {
  assert.deepEqual(check("v3/things/1", { errcode: "M_NOT_FOUND", error: "no" }, 404), []);
  assert.deepEqual(check("v3/things/1", { errcode: "M_NOT_FOUND" }, 404), [
    "client-server byId 404: the answer must have required property 'error'",
  ]);
});

test("a success that is not documented is found", () => {
  assert.deepEqual(check("v3/things/1", {}, 201), ["client-server byId 201: not documented"]);
});

test("paths of our own are not looked at", () => {
  assert.deepEqual(check("v3/others", {}), []);
});
