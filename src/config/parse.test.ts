import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "./parse.ts";
import { ConfigError } from "./problem.ts";

const parse = (text: string, environment: Record<string, string> = {}) =>
  parseConfig(text, { file: "heddle.yaml", folder: "/etc/heddle", environment });

/** The lines of the error that a text gives. */
function problemsOf(text: string, environment: Record<string, string> = {}): string[] {
  try {
    parse(text, environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split("\n");
  }
  return [];
}

test("a server needs nothing but its name", () => {
  const config = parse("server_name: example.org");
  assert.equal(config.serverName, "example.org");
  assert.equal(config.dataDir, "/etc/heddle/heddle-data");
  assert.deepEqual(config.database, { kind: "sqlite", file: "/etc/heddle/heddle-data/heddle.db" });
  assert.equal(config.signingKeyFile, "/etc/heddle/heddle-data/signing.key");
  assert.equal(config.defaultRoomVersion, "12");
  assert.equal(config.registration.mode, "closed");
  assert.equal(config.listeners[0]?.port, 8008);
  assert.ok(config.federation.deniedAddresses.includes("127.0.0.0/8"));
});

test("a missing server name is named", () => {
  assert.deepEqual(problemsOf(""), ["heddle.yaml:1:1: server_name: is required"]);
});

test("an unknown key is refused with its line and the key that was meant", () => {
  assert.deepEqual(problemsOf("server_name: a.b\nregistartion: {mode: open}"), [
    "heddle.yaml:2:1: registartion: unknown key; did you mean registration?",
  ]);
  assert.deepEqual(problemsOf("server_name: a.b\nlisteners:\n  - {host: ::1, prot: 1}"), [
    "heddle.yaml:3:17: listeners[0].prot: unknown key; did you mean port?",
  ]);
});

test("a wrong type is refused with its line, in words", () => {
  const text = "server_name: a.b\nlisteners:\n  - port: 80080\n    serve: [client, fed]\nfederation: {enabled: 1}";
  assert.deepEqual(problemsOf(text), [
    "heddle.yaml:3:11: listeners[0].port: must be a whole number from 0 to 65535",
    "heddle.yaml:4:21: listeners[0].serve[1]: must be client, federation, media, admin, console, health or metrics",
    "heddle.yaml:5:23: federation.enabled: must be true or false",
  ]);
});

test("a room version without quotes is refused with the right form", () => {
  assert.deepEqual(problemsOf("server_name: a.b\ndefault_room_version: 12"), [
    'heddle.yaml:2:23: default_room_version: must be a room version in quotes, "1" to "12"',
  ]);
});

test("a capability that is not built is refused, not ignored", () => {
  const [problem = ""] = problemsOf("server_name: a.b\napplication_services: []");
  assert.match(problem, /^heddle\.yaml:2:1: application_services: not supported yet/);
});

test("text that is not YAML is refused with its line", () => {
  assert.match(problemsOf("server_name: [\nb: }")[0] ?? "", /^heddle\.yaml:2:/);
});

test("a key that stands twice is refused", () => {
  assert.match(problemsOf("server_name: a.b\nserver_name: b.c")[0] ?? "", /^heddle\.yaml:\d:\d+: .*unique/);
});

test("${NAME} is the environment variable NAME", () => {
  const text = "server_name: a.b\nregistration: {shared_secret: 'x${SECRET}$${SECRET}'}";
  assert.equal(parse(text, { SECRET: "s" }).registration.sharedSecret, "xs${SECRET}");
});

test("an environment variable that is not set is an error with its line", () => {
  assert.deepEqual(problemsOf("server_name: a.b\nregistration:\n  shared_secret: ${SECRET}"), [
    "heddle.yaml:3:18: the environment variable SECRET is not set",
  ]);
});

test("relative paths are relative to the file", () => {
  const listeners = "listeners: [{tls: {certificate: c.pem, private_key: /k.pem}}]";
  const config = parse(`server_name: a.b\ndata_dir: /var/lib/h\nsigning_key_file: s.key\n${listeners}`);
  assert.equal(config.signingKeyFile, "/etc/heddle/s.key");
  assert.deepEqual(config.database, { kind: "sqlite", file: "/var/lib/h/heddle.db" });
  assert.deepEqual(config.listeners[0]?.tls, { certificateFile: "/etc/heddle/c.pem", privateKeyFile: "/k.pem" });
});

test("one bucket of the rate limits changes alone", () => {
  const { rateLimits } = parse("server_name: a.b\nrate_limits: {login: off, message: {burst: 3}}");
  assert.equal(rateLimits.login, undefined);
  assert.deepEqual(rateLimits.message, { perSecond: 10, burst: 3 });
  assert.deepEqual(rateLimits, {
    ...parse("server_name: a.b").rateLimits,
    login: undefined,
    message: { perSecond: 10, burst: 3 },
  });
});

test("rate limits can be off altogether", () => {
  assert.ok(
    Object.values(parse("server_name: a.b\nrate_limits: off").rateLimits).every((bucket) => bucket === undefined),
  );
});

test("a denied network must be a network", () => {
  assert.deepEqual(problemsOf("server_name: a.b\nfederation: {denied_addresses: [10.0.0.0/8, 10.0.0.0/64]}"), [
    "heddle.yaml:2:45: federation.denied_addresses[1]: is not a network such as 10.0.0.0/8 or fc00::/7",
  ]);
  const { federation } = parse("server_name: a.b\nfederation: {denied_addresses: [::1]}");
  assert.deepEqual(federation.deniedAddresses, ["::1/128"]);
});

test("the configuration is frozen to its leaves", () => {
  const config = parse("server_name: a.b");
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.listeners[0]?.serve));
});

test("what clients find out about the server is told as it is written, but for what the server says itself", () => {
  const withUrl = "server_name: a.b\npublic_base_url: https://a.b\n";
  const client = "client: {io.element.e2ee: {force_disable: true}, org.example.list: [{a: 1}]}";
  const contacts = 'contacts: [{email_address: a@a.b}, {role: m.role.security, matrix_id: "@a:b"}]';
  const { discovery } = parse(`${withUrl}discovery: {identity_server: "https://id.a.b/", ${client}, ${contacts}}`);
  assert.deepEqual(discovery, {
    identityServer: "https://id.a.b",
    client: { "io.element.e2ee": { force_disable: true }, "org.example.list": [{ a: 1 }] },
    support: {
      contacts: [
        { role: "m.role.admin", emailAddress: "a@a.b" },
        { role: "m.role.security", matrixId: "@a:b" },
      ],
    },
  });
  assert.equal(parse("server_name: a.b").discovery.support, undefined);
  const problemsWith = (written: string, file = withUrl): string[] =>
    problemsOf(`${file}discovery: {${written}}`).map((line) => line.replace(/^\S+: /, ""));
  assert.deepEqual(problemsWith("client: {m.homeserver: {}}"), [
    "discovery.client.m.homeserver: is said by `public_base_url` and `identity_server`",
  ]);
  assert.deepEqual(problemsWith("contacts: [{}, {matrix_id: nobody}]"), [
    "discovery.contacts[0]: needs a `matrix_id` or an `email_address`",
    "discovery.contacts[1].matrix_id: is no user ID",
  ]);
  assert.deepEqual(problemsWith("identity_server: https://id.a.b", "server_name: a.b\n"), [
    "discovery: needs `public_base_url`: without it clients are told nothing",
  ]);
});

test("TURN servers need credentials of one kind", () => {
  const problemsWith = (more: string): string[] =>
    problemsOf(`server_name: a.b\nturn: {uris: ["turn:a.b:3478"]${more}}`).map((line) => line.replace(/^\S+: /, ""));
  assert.deepEqual(problemsWith(""), ["turn.uris: need a `shared_secret`, or `username` and `password`"]);
  assert.deepEqual(problemsWith(", username: a"), ["turn.username: needs `password`, and the other way round"]);
  assert.deepEqual(problemsWith(", shared_secret: s, username: a, password: b"), [
    "turn.shared_secret: is not to be given together with `username` and `password`",
  ]);
  assert.deepEqual(problemsWith(", shared_secret: s, lifetime: 90m"), []);
  assert.match(problemsOf('server_name: a.b\nturn: {uris: ["http://a.b"]}')[0] ?? "", /turn:turn\.example\.org/);
});

test("single sign-on needs to know where providers send people back", () => {
  const provider = "{id: a, name: A, issuer: https://a.b, client_id: c}";
  const text = `single_sign_on:\n  providers: [${provider}]\nserver_name: a.b`;
  assert.deepEqual(problemsOf(text), [
    "heddle.yaml:2:14: single_sign_on.providers: needs `public_base_url`, to which providers send people back",
  ]);
  assert.deepEqual(problemsOf(`${text}\npublic_base_url: https://a.b`), []);
});
