/** Every endpoint, asked with values that nobody meant: it refuses them, or takes them for what they are, and never fails. */
import assert from "node:assert/strict";
import type { AnyEndpoint } from "../../src/http/endpoint.ts";
import type { JsonValue } from "../../src/protocol/json/json.ts";
import { readModules } from "./our-modules.ts";
import { path, type TestClient, type WholeAnswer } from "../support/client.ts";
import { homeserverTests, type TestHomeserver } from "../support/homeserver.ts";

const homeserverTest = homeserverTests();

const TEXTS: readonly string[] = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "__proto__",
  "constructor",
  "%00",
  "-1",
  "0",
  "1e400",
  "99999999999999999999",
  "9007199254740993",
  "0.5",
  "NaN",
  "true",
  "null",
  "{}",
  "[]",
  '{"__proto__":{}}',
  "s1_2_3",
  "t999999999999999",
  "t-1",
  "n5",
  "d1_1",
  "@:",
  "!\u0000:test",
  "$\u0000",
  "#\u0000:test",
  "@\u0000:test",
  "\u202e\u{1f4a9}",
  "'; DROP TABLE events; --",
  "a".repeat(300),
  "é".repeat(200),
];

/** What an answer of JSON can hold that no schema says: half a surrogate pair has no form in a URL. */
const VALUES: readonly JsonValue[] = [
  ...TEXTS,
  "\ud800",
  "a".repeat(70_000),
  null,
  true,
  -1,
  0,
  0.5,
  2 ** 53,
  -(2 ** 63),
  1e308,
  [],
  [null],
  ["\u0000"],
  ["\ud800", {}],
  {},
  JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":{}}}'),
  { "\u0000": "\u0000", "\ud800": [] },
  nested(200),
];

function nested(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let count = 0; count < depth; count++) value = { a: [value] };
  return value;
}

/** Ends the session, so that nothing after it would be reached. */
const SESSION_ENDS = /\/logout(\/all)?$/;

homeserverTest("whatever an endpoint is asked with, it does not fail", async (homeserver) => {
  const failures = new Set<string>();
  for (const endpoint of await clientEndpoints()) {
    const asking = await prepare(homeserver);
    for (const request of requestsTo(endpoint, asking)) {
      const { url, body, what } = request;
      const answer = await asking.client.answer(endpoint.method, url, body);
      if (!isInForm(answer)) failures.add(`${endpoint.method} ${endpoint.path} ${what}: ${answer.status}`);
    }
  }
  assert.deepEqual([...failures], []);
});

/** A success, a page or another place to go to, or a refusal with its errcode. */
function isInForm(answer: WholeAnswer): boolean {
  const { status, headers } = answer;
  // 502: there is no such identity server as was asked for.
  if (status >= 500 && status !== 502) return false;
  if (status < 400 || headers["content-type"] === "text/html; charset=utf-8") return true;
  // User-interactive authentication asks for its next stage by a 401 of its own form.
  return typeof answer.json()["errcode"] === "string" || status === 401;
}

async function clientEndpoints(): Promise<AnyEndpoint[]> {
  const all = (await readModules()).flatMap((module) => module.endpoints);
  return all.filter(({ surface = "client", path: at }) => {
    const surfaces = typeof surface === "string" ? [surface] : surface;
    return (surfaces.includes("client") || surfaces.includes("media")) && !SESSION_ENDS.test(at);
  });
}

interface Asking {
  readonly client: TestClient;
  /** What makes sense, by the name of the parameter or member. */
  readonly sense: Readonly<Record<string, string | number | boolean>>;
}

/** A room with an event, for one endpoint: what it does to the room must not keep others from being reached. */
async function prepare(homeserver: TestHomeserver): Promise<Asking> {
  const client = await homeserver.register("strange");
  const roomId = await client.createRoom();
  const eventId = await client.say(roomId, "hello");
  const { next_batch: token } = await client.sync();
  const sense = {
    roomId,
    room_id: roomId,
    roomIdOrAlias: roomId,
    eventId,
    userId: client.userId,
    user_id: "@other:test",
    roomAlias: `#${client.userId.slice(1)}`,
    eventType: "m.room.message",
    type: "org.example.type",
    txnId: "txn",
    receiptType: "m.read",
    keyName: "displayname",
    relType: "m.thread",
    dir: "b",
    from: token,
    since: token,
    ts: Date.now(),
    limit: 10,
    timeout: 0,
    new_version: "12",
    search_term: "word",
    visibility: "private",
    typing: true,
    tag: "u.tag",
    stateKey: "",
  };
  return { client, sense };
}

interface StrangeRequest {
  readonly url: string;
  readonly body: unknown;
  /** For the failure. */
  readonly what: string;
}

/** One strange value at a time, everything else being right. */
function* requestsTo({ path: at, method, query, body }: AnyEndpoint, { sense }: Asking): Generator<StrangeRequest> {
  const names = [...at.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const queryNames = Object.keys(query?.properties ?? {});
  const members = Object.entries(membersOf(body));
  const rightQuery = Object.fromEntries(queryNames.filter((name) => name in sense).map((name) => [name, sense[name]]));
  const rightBody = Object.fromEntries(
    members.map(([name, schema]) => [name, sense[name] ?? DEFAULTS[schema.type ?? ""]]),
  );
  const payload = method === "GET" ? undefined : rightBody;
  const urlOf = (strange: Readonly<Record<string, string>>): string => {
    const filled = at.replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) => path`${strange[name] ?? String(sense[name] ?? "sense")}`,
    );
    const asked = { ...rightQuery, ...strange };
    const parts = queryNames.filter((name) => name in asked).map((name) => path`${name}=${String(asked[name])}`);
    return `${filled}?${parts.join("&")}`;
  };
  for (const name of [...names, ...queryNames]) {
    for (const text of TEXTS) yield { url: urlOf({ [name]: text }), body: payload, what: `${name}=${text}` };
  }
  if (method === "GET") return;
  for (const value of VALUES) yield { url: urlOf({}), body: value, what: `body ${JSON.stringify(value).slice(0, 60)}` };
  for (const name of [...members.map(([member]) => member), "__proto__"]) {
    for (const value of VALUES) {
      const given = Object.fromEntries([...Object.entries(rightBody), [name, value]]);
      yield { url: urlOf({}), body: given, what: `{${name}: ${JSON.stringify(value).slice(0, 60)}}` };
    }
  }
}

/** What fits a schema of the type. Members of no one type are left out. */
const DEFAULTS: Readonly<Record<string, JsonValue>> = {
  string: "text",
  integer: 1,
  boolean: false,
  array: [],
  object: {},
};

interface MemberSchema {
  readonly type?: string;
}

/** The members of a body, as far as its schema names them. */
const membersOf = (schema: { readonly properties?: Readonly<Record<string, MemberSchema>> } | undefined) =>
  schema?.properties ?? {};
