import assert from "node:assert/strict";
import { after } from "node:test";
import { refusal } from "../../../test/support/client.ts";

import { homeserverTests, TestHomeserver } from "../../../test/support/homeserver.ts";
import { TestMailServer } from "../../../test/support/mail-server.ts";
import { emailConfig, freshEmail, pathOf, requestEmail } from "./testing.ts";

const mails = await TestMailServer.start();
after(async () => await mails[Symbol.asyncDispose]());

const homeserverTest = homeserverTests({
  public_base_url: "https://matrix.test.example",
  registration: { mode: "closed" },
  email: emailConfig(mails),
  third_party_identifiers: { changes: false, tell_accounts: true },
});

homeserverTest(
  "where identifiers are not changed, none is added or removed, and clients learn it",
  async (homeserver) => {
    const alice = await homeserver.register("alice");
    const { capabilities } = await alice.get<{ capabilities: Record<string, unknown> }>("capabilities");
    assert.deepEqual(capabilities["m.3pid_changes"], { enabled: false });
    assert.equal(await refusal(requestEmail(alice, "add", { email: freshEmail() })), "403 M_FORBIDDEN");
    const session = { sid: "a", client_secret: "b" };
    assert.equal(await refusal(alice.post("account/3pid/add", session)), "403 M_FORBIDDEN");
    assert.equal(await refusal(alice.post("account/3pid", { three_pid_creds: session })), "403 M_FORBIDDEN");
    const removed = { medium: "email", address: freshEmail() };
    assert.equal(await refusal(alice.post("account/3pid/delete", removed)), "403 M_FORBIDDEN");
  },
);

homeserverTest("where accounts are told, a stranger's address is told to have none", async (homeserver) => {
  const asking = requestEmail(homeserver.anonymous(), "password", { email: freshEmail() });
  assert.equal(await refusal(asking), "400 M_THREEPID_NOT_FOUND");
});

/** A server of its own, whose limits no other test has used up. */
const startFresh = async (overrides: object) =>
  await TestHomeserver.start({
    overrides: {
      public_base_url: "https://matrix.test.example",
      email: { ...emailConfig(mails), language: "de", service_name: "Der Dienst", confirm_by: "link" },
      ...overrides,
    },
  });

homeserverTest("nobody registers by mail where registration is closed", async (homeserver) => {
  const asking = requestEmail(homeserver.anonymous(), "register", { email: freshEmail() });
  assert.equal(await refusal(asking), "403 M_FORBIDDEN");
});

homeserverTest("mails speak the configured language, and a link may be enough", async () => {
  await using homeserver = await startFresh({});
  const alice = await homeserver.register("alice");
  const email = freshEmail();
  const session = await requestEmail(alice, "add", { email });
  const mail = await mails.mailTo(email);
  assert.equal(mail.subject, "Füge deinem Konto auf Der Dienst diese E-Mail-Adresse hinzu");
  const page = await homeserver.browse(pathOf(mail.link));
  assert.match(page.text, /<html lang="de">[^]*Bestätigt/);
  const body = { three_pid_creds: session };
  assert.deepEqual(await alice.post("account/3pid", body), {});
});

homeserverTest("domains that are not taken are denied", async () => {
  await using homeserver = await startFresh({ third_party_identifiers: { email_domains: ["EXAMPLE.org"] } });
  const alice = await homeserver.register("alice");
  assert.equal(await refusal(requestEmail(alice, "add", { email: "a@example.com" })), "403 M_THREEPID_DENIED");
  await requestEmail(alice, "add", { email: freshEmail() });
});

homeserverTest("mails to one address are limited, whoever asks for them", async () => {
  await using homeserver = await startFresh({ rate_limits: { validation: { per_second: 0.001, burst: 2 } } });
  const email = freshEmail();
  const ask = async () => {
    const client = await homeserver.register("alice");
    return await refusal(requestEmail(client, "add", { email }));
  };
  assert.deepEqual([await ask(), await ask(), await ask()], ["allowed", "allowed", "429 M_LIMIT_EXCEEDED"]);
});
