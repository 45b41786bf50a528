import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { endpoint } from "./endpoint.ts";
import { createServerForTest } from "./testing.ts";

const path = "/_matrix/client/v3/things/{kind}";

const put = endpoint({
  method: "PUT",
  path,
  auth: "none",
  limit: "none",
  params: Type.Object({ kind: Type.Union([Type.Literal("one"), Type.Literal("two")]) }),
  body: Type.Object({
    name: Type.String({ minLength: 1 }),
    count: Type.Optional(Type.Integer({ minimum: 0 })),
    visibility: Type.Optional(Type.Union([Type.Literal("public"), Type.Literal("private")])),
    nested: Type.Optional(Type.Object({ deep: Type.String() })),
  }),
  handle: async ({ body, params }) => ({ ...params, body }),
});

const post = endpoint({
  method: "POST",
  path,
  auth: "none",
  limit: "none",
  params: Type.Object({ kind: Type.String() }),
  body: Type.Object({ reason: Type.Optional(Type.String()) }),
  handle: async ({ body }) => ({ body }),
});

const get = endpoint({
  method: "GET",
  path,
  auth: "none",
  limit: "none",
  params: Type.Object({ kind: Type.String() }),
  query: Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 1 })),
    ratio: Type.Optional(Type.Number()),
    full: Type.Optional(Type.Boolean()),
    via: Type.Optional(Type.Array(Type.String())),
    ts: Type.Optional(Type.Array(Type.Integer())),
    dir: Type.Optional(Type.Union([Type.Literal("f"), Type.Literal("b")])),
  }),
  handle: async ({ query }) => ({ ...query }),
});

const remove = endpoint({
  method: "DELETE",
  path: "/q",
  auth: "none",
  limit: "none",
  params: Type.Object({}),
  query: Type.Object({ must: Type.String() }),
  handle: async ({ query, body }) => ({ ...query, body: body ?? "none" }),
});

const things = "/_matrix/client/v3/things";

async function send(payload: string | Buffer, headers: Record<string, string> = {}, url = `${things}/one`) {
  await using server = createServerForTest([put]);
  return await server.inject({ method: "PUT", url, payload, headers });
}

const errcodeOf = async (payload: string | Buffer): Promise<unknown> => (await send(payload)).json().errcode;

test("unknown members pass and nothing is converted or stripped in a body", async () => {
  const body = { name: "x", "org.example": { "1": [1.5, null, true] }, count: 3 };
  const answer = await send(JSON.stringify(body));
  assert.deepEqual(answer.json(), { kind: "one", body });
});

test("a body is JSON whatever its content type says", async () => {
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "nonsense",
    "a/b; charset=utf-16",
    "multipart/form-data",
  ]) {
    assert.equal((await send('{"name":"x"}', { "content-type": type })).statusCode, 200, type);
  }
});

test("a missing member is M_MISSING_PARAM, at any depth", async () => {
  assert.equal(await errcodeOf("{}"), "M_MISSING_PARAM");
  assert.equal(await errcodeOf('{"name":"x","nested":{}}'), "M_MISSING_PARAM");
  assert.match((await send('{"name":"x","nested":{}}')).json().error, /body\.nested needs deep/);
});

test("a member of the wrong type is M_BAD_JSON", async () => {
  const wrong = [
    '{"name":5}',
    '{"name":null}',
    '{"name":"x","count":"5"}',
    '{"name":"x","count":1.5}',
    '{"name":"x","visibility":5}',
    '{"name":"x","nested":[]}',
  ];
  for (const body of wrong) assert.equal(await errcodeOf(body), "M_BAD_JSON", body);
});

test("a body that is no object is M_BAD_JSON", async () => {
  for (const body of ["[]", "null", "5", '"x"', "true", '[{"name":"x"}]'])
    assert.equal(await errcodeOf(body), "M_BAD_JSON", body);
});

test("a value that the type allows and the rule does not is M_INVALID_PARAM", async () => {
  const wrong = ['{"name":""}', '{"name":"x","count":-1}', '{"name":"x","visibility":"secret"}'];
  for (const body of wrong) assert.equal(await errcodeOf(body), "M_INVALID_PARAM", body);
});

test("what is not JSON is M_NOT_JSON", async () => {
  const wrong = [
    "{",
    "{'name':'x'}",
    '{"name":"x",}',
    "name=x",
    '{"name":"x"} x',
    "\ufeff{}",
    '{"name":NaN}',
    '{"name":"a\nb"}',
  ];
  for (const body of wrong) assert.equal(await errcodeOf(body), "M_NOT_JSON", body);
});

test("JSON that is not UTF-8 is M_NOT_JSON", async () => {
  assert.equal(await errcodeOf(Buffer.from('{"name":"\xff"}', "latin1")), "M_NOT_JSON");
  assert.equal(await errcodeOf(Buffer.from('{"name":"x"}', "utf16le")), "M_NOT_JSON");
  // A surrogate encoded as three bytes is no UTF-8 either.
  assert.equal(
    await errcodeOf(Buffer.from([...Buffer.from('{"name":"'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')])),
    "M_NOT_JSON",
  );
});

test("half a surrogate pair is M_BAD_JSON, a whole one is fine", async () => {
  assert.equal(await errcodeOf('{"name":"\\ud83d"}'), "M_BAD_JSON");
  assert.equal(await errcodeOf('{"name":"x","y":[{"\\uDE00":1}]}'), "M_BAD_JSON");
  assert.equal((await send('{"name":"\\ud83d\\ude00"}')).json().body.name, "😀");
  assert.equal((await send('{"name":"\\\\ud83d"}')).json().body.name, "\\ud83d");
});

test("`__proto__` and `constructor` are members like all others", async () => {
  const text = '{"name":"x","__proto__":{"admin":true},"constructor":{"prototype":1}}';
  const answer = await send(text);
  assert.equal(answer.body, `{"kind":"one","body":${text}}`);
  assert.equal("admin" in {}, false);
});

test("of a member given twice the last one counts", async () => {
  assert.equal((await send('{"name":"a","name":"b"}')).json().body.name, "b");
});

const nested = (depth: number) => `{"name":"[[[\\"]]","x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

test("a body may be a hundred levels deep and no deeper", async () => {
  assert.equal((await send(nested(100))).statusCode, 200);
  assert.equal(await errcodeOf(nested(101)), "M_BAD_JSON");
  assert.equal(await errcodeOf("[".repeat(500_000)), "M_BAD_JSON");
  assert.equal(await errcodeOf('{"a":'.repeat(150_000)), "M_BAD_JSON");
});

test("brackets in strings are no levels", async () => {
  assert.equal((await send(JSON.stringify({ name: '["\\'.repeat(1000) }))).statusCode, 200);
});

test("no body is the empty object where all members may be left out, else M_NOT_JSON", async () => {
  await using server = createServerForTest([post, put]);
  for (const headers of [{}, { "content-type": "application/json" }, { "content-length": "0" }]) {
    const answer = await server.inject({ method: "POST", url: `${things}/x`, headers });
    assert.deepEqual(answer.json(), { body: {} });
  }
  assert.equal((await server.inject({ method: "PUT", url: `${things}/one` })).json().errcode, "M_NOT_JSON");
});

test("an endpoint without a body does not mind what comes", async () => {
  await using server = createServerForTest([remove]);
  const answer = await server.inject({ method: "DELETE", url: "/q?must=x", payload: "{nonsense" });
  assert.deepEqual(answer.json(), { must: "x", body: "none" });
});

test("a path parameter that may not be is M_INVALID_PARAM", async () => {
  const answer = await send('{"name":"x"}', {}, `${things}/three`);
  assert.equal(answer.statusCode, 400);
  assert.equal(answer.json().errcode, "M_INVALID_PARAM");
});

async function queryWith(text: string) {
  await using server = createServerForTest([get, remove]);
  return (await server.inject(`${things}/x?${text}`)).json();
}

test("query parameters are converted as their schema says", async () => {
  assert.deepEqual(await queryWith("limit=5&ratio=-0.5&full=true&via=a&via=b%2Fc&ts=1&dir=f&other=5"), {
    limit: 5,
    ratio: -0.5,
    full: true,
    via: ["a", "b/c"],
    ts: [1],
    dir: "f",
    other: "5",
  });
  assert.deepEqual(await queryWith(""), {});
  assert.deepEqual(await queryWith("via=a"), { via: ["a"] });
});

test("of a query parameter given twice the first one counts", async () => {
  assert.deepEqual(await queryWith("limit=1&limit=2"), { limit: 1 });
});

test("a query parameter that cannot be converted is M_INVALID_PARAM", async () => {
  const wrong = [
    "limit=",
    "limit=x",
    "limit=1.5",
    "limit=0",
    "limit=%201",
    "limit=1e3",
    "limit=99999999999999999999",
    "ratio=",
    "ratio=0x10",
    "ratio=Infinity",
    "full=1",
    "full=True",
    "full=",
    "ts=1&ts=x",
    "dir=up",
  ];
  for (const text of wrong) assert.equal((await queryWith(text)).errcode, "M_INVALID_PARAM", text);
});

test("a query parameter that is missing is M_MISSING_PARAM", async () => {
  await using server = createServerForTest([remove]);
  assert.equal((await server.inject({ method: "DELETE", url: "/q" })).json().errcode, "M_MISSING_PARAM");
});

test("a query parameter called __proto__ harms nobody", async () => {
  assert.deepEqual(await queryWith("__proto__=x&limit=1"), { limit: 1, ...JSON.parse('{"__proto__":"x"}') });
});

const form = endpoint({
  method: "POST",
  path: "/form",
  auth: "none",
  limit: "none",
  isForm: true,
  params: Type.Object({}),
  body: Type.Object({ name: Type.String(), count: Type.Optional(Type.Integer()) }),
  handle: async ({ body }) => ({ ...body }),
});

test("a form is read as a query string is, and checked", async () => {
  await using server = createServerForTest([form]);
  const submit = async (payload: string | Buffer) =>
    (await server.inject({ method: "POST", url: "/form", payload })).json();
  assert.deepEqual(await submit("name=a+b%26c&count=3&name=second&other=%F0%9F%98%80"), {
    name: "a b&c",
    count: 3,
    other: "😀",
  });
  assert.equal((await submit("count=3")).errcode, "M_MISSING_PARAM");
  assert.equal((await submit("name=a&count=x")).errcode, "M_INVALID_PARAM");
  assert.equal((await submit(Buffer.from([0x6e, 0x3d, 0xff]))).errcode, "M_INVALID_PARAM");
  assert.equal((await submit("")).errcode, "M_MISSING_PARAM");
});
