import assert from "node:assert/strict";
import { refusalOf, startAccounts } from "../../../test/support/accounts.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { recordAnswers } from "../../../test/support/recorder.ts";
import { test } from "node:test";
import { createServerForTest } from "../../http/testing.ts";
import { serverDiscovery } from "./index.ts";

recordAnswers();

eachDatabase("the versions begin with r0 and end with the newest that clients may rely on", async (database) => {
  const { ask } = await startAccounts(database);
  const { versions } = (await ask("GET /_matrix/client/versions")).json();
  assert.deepEqual([versions[0], versions.at(-1)], ["r0.0.1", "v1.1"]);
});

test("what works beside the versions is named, in order", async () => {
  const features = ["org.example.b", "org.example.a"];
  await using server = createServerForTest(serverDiscovery({ config: both, roomVersions: [], features }).endpoints);
  const { unstable_features: told } = (await server.inject("/_matrix/client/versions")).json();
  assert.deepEqual(Object.entries(told), [
    ["org.example.a", true],
    ["org.example.b", true],
  ]);
});

eachDatabase("capabilities name the room versions and the default one", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token } = await join("alice");
  const { capabilities } = (await ask("GET capabilities", { token })).json();
  assert.deepEqual(capabilities["m.room_versions"], { default: "10", available: { "9": "stable", "10": "stable" } });
  const { "m.room_versions": _, ...flags } = capabilities;
  assert.deepEqual(flags, {
    "io.element.msc4452.preview_url": { enabled: false },
    "m.3pid_changes": { enabled: false },
    "m.change_password": { enabled: true },
    "m.forget_forced_upon_leave": { enabled: false },
    "m.get_login_token": { enabled: false },
    "m.profile_fields": { enabled: true },
    "m.set_avatar_url": { enabled: true },
    "m.set_displayname": { enabled: true },
  });
  assert.equal(refusalOf(await ask("GET capabilities")), "401 M_MISSING_TOKEN");
});

eachDatabase("clients and servers are sent to the public URL", async (database) => {
  const { ask } = await startAccounts(database, { publicBaseUrl: "https://matrix.test" });
  const client = (await ask("GET /.well-known/matrix/client")).json();
  assert.deepEqual(client, { "m.homeserver": { base_url: "https://matrix.test" } });
  assert.deepEqual((await ask("GET /.well-known/matrix/server")).json(), { "m.server": "matrix.test:443" });
});

eachDatabase("without a public URL there are no well-known documents", async (database) => {
  const { ask } = await startAccounts(database);
  for (const name of ["client", "server", "support"]) {
    assert.equal(refusalOf(await ask(`GET /.well-known/matrix/${name}`)), "404 M_NOT_FOUND", name);
  }
});

test("other servers are not sent where only clients are served", async () => {
  for (const change of [
    { listeners: [{ serve: ["client"] }, { serve: ["federation"] }] },
    { federation: { enabled: false } },
  ]) {
    const config = { ...both, ...change };
    await using server = createServerForTest(serverDiscovery({ config, roomVersions: [] }).endpoints);
    assert.equal(refusalOf(await server.inject("/.well-known/matrix/server")), "404 M_NOT_FOUND");
  }
});

test("people are told whom to ask", async () => {
  const support = {
    contacts: [{ role: "m.role.admin", emailAddress: "admin@test" }],
    supportPage: "https://test/help",
  };
  const config = { ...both, discovery: { identityServer: undefined, client: {}, support } };
  await using server = createServerForTest(serverDiscovery({ config, roomVersions: [] }).endpoints);
  assert.deepEqual((await server.inject("/.well-known/matrix/support")).json(), {
    contacts: [{ role: "m.role.admin", email_address: "admin@test" }],
    support_page: "https://test/help",
  });
});

test("clients are told of the identity server, and what else the operator wants told", async () => {
  const client = { "io.element.e2ee": { force_disable: true } };
  const config = { ...both, discovery: { identityServer: "https://id.test", client, support: undefined } };
  await using server = createServerForTest(serverDiscovery({ config, roomVersions: [] }).endpoints);
  assert.deepEqual((await server.inject("/.well-known/matrix/client")).json(), {
    "m.homeserver": { base_url: "https://matrix.test" },
    "m.identity_server": { base_url: "https://id.test" },
    ...client,
  });
  assert.equal(refusalOf(await server.inject("/.well-known/matrix/support")), "404 M_NOT_FOUND");
});

const both = {
  publicBaseUrl: "https://matrix.test",
  defaultRoomVersion: "10",
  listeners: [{ serve: ["client", "federation"] }],
  federation: { enabled: true },
};
