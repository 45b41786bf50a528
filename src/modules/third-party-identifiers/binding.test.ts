import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { refusal, type TestClient } from "../../../test/support/client.ts";
import { findFreePort } from "../../../test/support/free-port.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import {
  identityServerCertificate,
  identityServerToken,
  TestIdentityServer,
} from "../../../test/support/identity-server.ts";
import { parseXMatrix } from "../../protocol/signing/x-matrix.ts";
import { freshEmail, freshSecret } from "./testing.ts";

const server = await TestIdentityServer.start();
const folder = await mkdtemp(join(tmpdir(), "heddle-identity-"));
const caFile = join(folder, "ca.pem");
await writeFile(caFile, identityServerCertificate);
after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
const deadPort = await findFreePort();

const homeserverTest = homeserverTests({
  federation: { denied_addresses: [], trusted_ca_files: [caFile] },
  identity_servers: { trusted: [server.name, `localhost:${deadPort}`] },
});

async function bind(client: TestClient, email: string, more: object = {}): Promise<unknown> {
  server.validated.set(email, email);
  return await client.post("account/3pid/bind", {
    id_server: server.name,
    id_access_token: identityServerToken,
    sid: email,
    client_secret: freshSecret(),
    ...more,
  });
}

const passwordAuth = ({ userId }: TestClient) => ({
  type: "m.login.password",
  user: userId,
  password: "correct horse",
});

homeserverTest(
  "an identifier is published, and taken back from where it was published, by a signed request",
  async (homeserver) => {
    const alice = await homeserver.register("alice");
    const email = freshEmail();
    assert.deepEqual(await bind(alice, email), {});
    assert.equal(server.bound.get(email), alice.userId);
    const answer = await alice.post("account/3pid/unbind", { medium: "email", address: email });
    assert.deepEqual(answer, { id_server_unbind_result: "success" });
    assert.equal(server.bound.has(email), false);
    const { authorization = "", body } = server.unbinds.at(-1) ?? {};
    const credentials = parseXMatrix(authorization);
    assert.deepEqual([credentials?.origin, credentials?.destination], ["test", server.name]);
    assert.deepEqual(body, { mxid: alice.userId, threepid: { medium: "email", address: email } });
    const again = await alice.post("account/3pid/unbind", { medium: "email", address: email });
    assert.deepEqual(again, { id_server_unbind_result: "no-support" }, "nothing is known of it any more");
  },
);

homeserverTest(
  "what was published elsewhere is taken back from the identity server that is named",
  async (homeserver) => {
    const alice = await homeserver.register("alice");
    const email = freshEmail();
    server.bound.set(email, alice.userId);
    const body = { medium: "email", address: email, id_server: server.name };
    assert.deepEqual(await alice.post("/_matrix/client/unstable/account/3pid/delete", body), {
      id_server_unbind_result: "success",
    });
    assert.equal(server.bound.has(email), false);
  },
);

homeserverTest("errors of the identity server are passed on", async (homeserver) => {
  const alice = await homeserver.register("alice");
  assert.equal(await refusal(bind(alice, freshEmail(), { id_access_token: "wrong" })), "401 M_UNAUTHORIZED");
  assert.equal(await refusal(bind(alice, freshEmail(), { sid: "unknown" })), "400 M_SESSION_NOT_VALIDATED");
  const unbind = { medium: "email", address: freshEmail(), id_server: server.name };
  const asking = async (status: number, body: string) => {
    server.unbindAnswer = { status, body };
    try {
      return await refusal(alice.post("account/3pid/unbind", unbind));
    } finally {
      server.unbindAnswer = undefined;
    }
  };
  assert.equal(await asking(403, '{"errcode":"M_FORBIDDEN","error":"no"}'), "403 M_FORBIDDEN");
  assert.equal(await asking(404, "<html>"), "allowed", "no-support");
  assert.equal(await asking(500, "<html>"), "502 M_UNKNOWN");
});

homeserverTest("identity servers that are not there, not trusted or no servers are told", async (homeserver) => {
  const alice = await homeserver.register("alice");
  assert.equal(await refusal(bind(alice, freshEmail(), { id_server: `localhost:${deadPort}` })), "502 M_UNKNOWN");
  assert.equal(await refusal(bind(alice, freshEmail(), { id_server: "id.example.org" })), "400 M_SERVER_NOT_TRUSTED");
  for (const id_server of ["", "a/b", "https://id.example.org", "a\u0000b", "user@localhost"]) {
    assert.equal(await refusal(bind(alice, freshEmail(), { id_server })), "400 M_INVALID_PARAM", id_server);
  }
  assert.equal(await refusal(bind(alice, freshEmail(), { id_access_token: "a\r\nb" })), "400 M_INVALID_PARAM");
});

homeserverTest("the end of an account takes back what was published, and says whether all was", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const [first, second] = [freshEmail(), freshEmail()];
  await bind(alice, first);
  await bind(bob, second);
  const answer = await alice.post("account/deactivate", { auth: passwordAuth(alice) });
  assert.deepEqual(answer, { id_server_unbind_result: "success" });
  assert.equal(server.bound.has(first), false);
  server.unbindAnswer = { status: 403, body: '{"errcode":"M_FORBIDDEN"}' };
  try {
    const refused = await bob.post("account/deactivate", { auth: passwordAuth(bob) });
    assert.deepEqual(refused, { id_server_unbind_result: "no-support" });
  } finally {
    server.unbindAnswer = undefined;
  }
});
