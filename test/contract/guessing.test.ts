import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyEndpoint } from "../../src/http/endpoint.ts";
import { readModules } from "./our-modules.ts";

/**
 * What strangers may ask for without a limit, and why nothing can be guessed there. Whoever adds an endpoint that takes no
 * access token decides: a limit in its definition, or a line here.
 * @see https://spec.matrix.org/v1.19/client-server-api/#rate-limiting
 */
const nothingToGuess: Readonly<Record<string, string>> = {
  "GET /_matrix/client/versions": "the same for everybody",
  "GET /.well-known/matrix/client": "the same for everybody",
  "GET /.well-known/matrix/server": "the same for everybody",
  "GET /.well-known/matrix/support": "the same for everybody",
  "GET /_matrix/static/client/login/": "the same for everybody",
  "GET /_synapse/admin/v1/register": "a nonce, fresh for everybody",
  "POST /_synapse/admin/v1/register":
    "takes an HMAC by a long secret of the configuration; tools make many accounts with it",
  "GET /_heddle/third-party-identifiers/confirm": "tokens of mails have 256 bits",
  "POST /_heddle/third-party-identifiers/confirm": "tokens of mails have 256 bits, and a session takes ten guesses",
  "GET /_matrix/client/v3/auth/{authType}/fallback/web": "sessions have 144 bits, and their forms are limited",
};

/** Classes that are slow enough for secrets that people choose, or for codes that they type. */
const slow: ReadonlySet<string> = new Set(["login", "registration", "validation"]);

/** What takes a secret of people, or tells whether an account or address exists. */
const guessable: readonly string[] = [
  "POST /_matrix/client/v3/login",
  "POST /_matrix/client/v3/refresh",
  "POST /_matrix/client/v1/login/get_token",
  "POST /_matrix/client/v3/register",
  "GET /_matrix/client/v3/register/available",
  "GET /_matrix/client/v1/register/m.login.registration_token/validity",
  "POST /_matrix/client/v3/auth/{authType}/fallback/web",
  "POST /_heddle/third-party-identifiers/submit_token",
  "POST /_matrix/client/v3/account/password",
  "POST /_matrix/client/v3/account/deactivate",
  "POST /_matrix/client/v3/account/3pid/add",
  ...["register", "account/3pid", "account/password"].flatMap((folder) =>
    ["email", "msisdn"].map((medium) => `POST /_matrix/client/v3/${folder}/${medium}/requestToken`),
  ),
];

const nameOf = ({ method, path }: AnyEndpoint): string => `${method} ${path}`;

const readEndpoints = async (): Promise<readonly AnyEndpoint[]> =>
  (await readModules()).flatMap((module) => module.endpoints);

test("what strangers may ask for is limited, or is in the list of what tells nothing", async () => {
  const open = (await readEndpoints()).filter(({ auth }) => auth === "none" || auth === "optional");
  const unlimited = open.filter(({ limit }) => limit === "none").map(nameOf);
  assert.deepEqual(unlimited.toSorted(), Object.keys(nothingToGuess).toSorted());
});

test("what takes secrets of people is limited as logging in is", async () => {
  const limits = new Map((await readEndpoints()).map((each) => [nameOf(each), each.limit]));
  const fast = guessable.filter((name) => !slow.has(limits.get(name) ?? "none"));
  assert.deepEqual(fast, []);
});
