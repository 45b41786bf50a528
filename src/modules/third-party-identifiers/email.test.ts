import assert from "node:assert/strict";
import { after } from "node:test";
import { Refused, refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import { TestMailServer } from "../../../test/support/mail-server.ts";
import { type ClientSession, emailConfig, freshEmail, freshSecret, pathOf, requestEmail } from "./testing.ts";

const mails = await TestMailServer.start({ refuses: ["gone@example.org"] });
after(async () => await mails[Symbol.asyncDispose]());

const homeserverTest = homeserverTests({
  public_base_url: "https://matrix.test.example",
  email: emailConfig(mails),
  third_party_identifiers: { next_link_hosts: ["app.example.org"] },
});

const password = "correct horse";
const passwordAuth = (client: TestClient) => ({ type: "m.login.password", user: client.userId, password });

/** Presses the button of the page to which the newest mail leads. */
async function confirm(homeserver: TestHomeserver, email: string) {
  const { link } = await mails.mailTo(email);
  const [page = "", query] = pathOf(link).split("?");
  return await homeserver.browse(page, Object.fromEntries(new URLSearchParams(query)));
}

async function validated(homeserver: TestHomeserver, client: TestClient, email: string): Promise<ClientSession> {
  const session = await requestEmail(client, "add", { email });
  assert.equal((await confirm(homeserver, email)).status, 200);
  return session;
}

async function withEmail(homeserver: TestHomeserver, name: string) {
  const client = await homeserver.register(name);
  const email = freshEmail(name);
  const session = await validated(homeserver, client, email);
  await client.post("account/3pid/add", { ...session, auth: passwordAuth(client) });
  return { client, email };
}

homeserverTest("an address is added by its mail and the password, and is listed", async (homeserver) => {
  const { client, email } = await withEmail(homeserver, "alice");
  const { threepids } = await client.get<{ threepids: Record<string, unknown>[] }>("account/3pid");
  const [{ validated_at: validatedAt, added_at: addedAt, ...named } = {}, ...others] = threepids;
  assert.deepEqual([named, others], [{ medium: "email", address: email }, []]);
  assert.ok(typeof validatedAt === "number" && typeof addedAt === "number" && validatedAt <= addedAt);
});

homeserverTest("looking at the link changes nothing, and an address is asked for by its page", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const email = freshEmail("<b>");
  assert.equal(await refusal(requestEmail(alice, "add", { email })), "400 M_INVALID_PARAM");
  const good = freshEmail();
  const session = await requestEmail(alice, "add", { email: good.toUpperCase() });
  const { link, text, html, subject } = await mails.mailTo(good);
  assert.match(subject, /account on test/);
  assert.ok(text.includes(link) && html.includes(link.replaceAll("&", "&amp;")));
  assert.ok(link.startsWith("https://matrix.test.example/"));
  const page = await homeserver.browse(pathOf(link));
  assert.equal(page.status, 200);
  assert.ok(page.text.includes(good));
  const adding = alice.post("account/3pid/add", { ...session, auth: passwordAuth(alice) });
  assert.equal(await refusal(adding), "403 M_THREEPID_AUTH_FAILED");
  assert.equal((await confirm(homeserver, good)).status, 200);
  assert.equal((await confirm(homeserver, good)).status, 200, "pressed twice");
  await alice.post("account/3pid/add", { ...session, auth: passwordAuth(alice) });
});

homeserverTest("a link that is not whole is told so on a page", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const email = freshEmail();
  await requestEmail(alice, "add", { email });
  const link = pathOf((await mails.mailTo(email)).link);
  for (const wrong of [link.slice(0, -1), link.replace("sid=", "sid=x"), link.replace(/sid=[^&]+/, "sid=a%00b")]) {
    const page = await homeserver.browse(wrong);
    assert.equal(page.status, 400);
    assert.match(page.text, /This link does not work/);
  }
  const [page = "", query] = link.split("?");
  const form = { ...Object.fromEntries(new URLSearchParams(query)), token: "wrong" };
  assert.equal((await homeserver.browse(page, form)).status, 400);
});

homeserverTest("adding asks for the password, and takes a session once", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const session = await validated(homeserver, alice, freshEmail());
  assert.match(await refusal(alice.post("account/3pid/add", session)), /^401/);
  const wrong = { ...session, client_secret: freshSecret(), auth: passwordAuth(alice) };
  assert.equal(await refusal(alice.post("account/3pid/add", wrong)), "403 M_THREEPID_AUTH_FAILED");
  await alice.post("account/3pid/add", { ...session, auth: passwordAuth(alice) });
  const again = alice.post("account/3pid/add", { ...session, auth: passwordAuth(alice) });
  assert.equal(await refusal(again), "403 M_THREEPID_AUTH_FAILED");
});

homeserverTest("the older endpoint adds what was validated here, and nothing else", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const email = freshEmail();
  const session = await requestEmail(alice, "add", { email });
  const body = { three_pid_creds: { ...session, id_server: "id.example.org", id_access_token: "abc" } };
  assert.equal(await refusal(alice.post("account/3pid", body)), "403 M_THREEPID_AUTH_FAILED");
  await confirm(homeserver, email);
  assert.deepEqual(await alice.post("account/3pid", body), {});
  const { threepids } = await alice.get<{ threepids: { address: string }[] }>("account/3pid");
  assert.deepEqual(
    threepids.map(({ address }) => address),
    [email],
  );
});

homeserverTest("the same attempt sends nothing again, a higher one sends the same link", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const email = freshEmail();
  const request = { email, client_secret: freshSecret() };
  const { sid } = await requestEmail(alice, "add", { ...request, send_attempt: 1 });
  const sentTo = () => mails.mails.filter(({ to }) => to.includes(email));
  assert.equal((await requestEmail(alice, "add", { ...request, send_attempt: 1 })).sid, sid);
  assert.equal(sentTo().length, 1);
  assert.equal((await requestEmail(alice, "add", { ...request, send_attempt: 2 })).sid, sid);
  const [first, second] = sentTo();
  assert.ok(first && second && first.link === second.link);
  assert.notEqual((await requestEmail(alice, "add", { email })).sid, sid);
});

homeserverTest(
  "an address belongs to one account, whoever is faster, and however it is written",
  async (homeserver) => {
    const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
    const email = freshEmail("strauß");
    const sessions = [
      await requestEmail(alice, "add", { email }),
      await requestEmail(bob, "add", { email: email.toUpperCase() }),
    ];
    const canonical = email.replace("ß", "ss");
    for (const { link } of mails.mails.filter(({ to }) => to.includes(canonical))) {
      const [page = "", query] = pathOf(link).split("?");
      assert.equal((await homeserver.browse(page, Object.fromEntries(new URLSearchParams(query)))).status, 200);
    }
    const adding = [alice, bob].map(
      async (client, index) =>
        await refusal(client.post("account/3pid/add", { ...sessions[index], auth: passwordAuth(client) })),
    );
    assert.deepEqual((await Promise.all(adding)).toSorted(), ["400 M_THREEPID_IN_USE", "allowed"]);
  },
);

homeserverTest(
  "who is logged in is told that an address is taken; a stranger is not, but the address is",
  async (homeserver) => {
    const { email } = await withEmail(homeserver, "alice");
    const bob = await homeserver.register("bob");
    assert.equal(await refusal(requestEmail(bob, "add", { email })), "400 M_THREEPID_IN_USE");
    for (const purpose of ["register", "add"] as const) {
      await requestEmail(homeserver.anonymous(), purpose, { email });
      const mail = await mails.mailTo(email);
      assert.match(mail.subject, /You have an account/);
      assert.equal(mail.link, "");
    }
  },
);

homeserverTest(
  "a password that was forgotten is replaced by the address, which logs out all devices",
  async (homeserver) => {
    const { client, email } = await withEmail(homeserver, "alice");
    const stranger = homeserver.anonymous();
    const session = await requestEmail(stranger, "password", { email });
    const body = { new_password: "battery staple" };
    const auth = { type: "m.login.email.identity", threepid_creds: session };
    assert.equal(await refusal(stranger.post("account/password", { ...body, auth })), "401 M_THREEPID_AUTH_FAILED");
    await confirm(homeserver, email);
    assert.deepEqual(await stranger.post("account/password", { ...body, auth }), {});
    assert.equal(await refusal(client.get("account/whoami")), "401 M_UNKNOWN_TOKEN");
    assert.equal(await refusal(stranger.post("account/password", { ...body, auth })), "401 M_THREEPID_AUTH_FAILED");
    const identifier = { type: "m.id.thirdparty", medium: "email", address: email };
    const login = { type: "m.login.password", identifier, password: "battery staple" };
    assert.equal((await stranger.post("login", login))["user_id"], client.userId);
    assert.equal(await refusal(stranger.post("login", { ...login, password })), "403 M_FORBIDDEN");
  },
);

homeserverTest("with the address of an account that ended nobody logs in", async (homeserver) => {
  const { client, email } = await withEmail(homeserver, "alice");
  const stranger = homeserver.anonymous();
  const identifier = { type: "m.id.thirdparty", medium: "email", address: email };
  const login = { type: "m.login.password", identifier, password };
  assert.equal((await stranger.post("login", login))["user_id"], client.userId);
  const own = { type: "m.id.user", user: client.userId };
  await client.post("account/deactivate", { auth: { type: "m.login.password", identifier: own, password } });
  assert.equal(await refusal(stranger.post("login", login)), "403 M_FORBIDDEN");
});

homeserverTest("devices stay logged in when it is asked for", async (homeserver) => {
  const { client, email } = await withEmail(homeserver, "alice");
  const session = await requestEmail(homeserver.anonymous(), "password", { email });
  await confirm(homeserver, email);
  const auth = { type: "m.login.email.identity", threepid_creds: session };
  const body = { new_password: "battery staple", logout_devices: false, auth };
  await homeserver.anonymous().post("account/password", body);
  await client.get("account/whoami");
});

homeserverTest("a session for one thing is not good for another", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const email = freshEmail();
  const session = await validated(homeserver, alice, email);
  const auth = { type: "m.login.email.identity", threepid_creds: session };
  const resetting = homeserver.anonymous().post("account/password", { new_password: "battery staple", auth });
  assert.equal(await refusal(resetting), "401 M_THREEPID_AUTH_FAILED");
});

homeserverTest("a stranger's address gets a mail that it has no account", async (homeserver) => {
  const email = freshEmail();
  await requestEmail(homeserver.anonymous(), "password", { email });
  const mail = await mails.mailTo(email);
  assert.match(mail.subject, /No account on test/);
  assert.equal(mail.link, "");
});

homeserverTest(
  "people log in with an address, in all ways that there are, and no other address tells anything",
  async (homeserver) => {
    const { client, email } = await withEmail(homeserver, "alice");
    const stranger = homeserver.anonymous();
    const login = { type: "m.login.password", password };
    const identifier = { type: "m.id.thirdparty", medium: "email", address: email.toUpperCase() };
    assert.equal((await stranger.post("login", { ...login, identifier }))["user_id"], client.userId);
    assert.equal(
      (await stranger.post("login", { ...login, medium: "email", address: email }))["user_id"],
      client.userId,
    );
    const nobody = { ...identifier, address: freshEmail() };
    const wrong = await stranger
      .post("login", { ...login, identifier, password: "wrong" })
      .catch((error: unknown) => error);
    const unknown = await stranger.post("login", { ...login, identifier: nobody }).catch((error: unknown) => error);
    assert.ok(wrong instanceof Refused && unknown instanceof Refused);
    assert.deepEqual([wrong.message, wrong.body], [unknown.message, unknown.body]);
    const without = { ...login, identifier: { type: "m.id.thirdparty", medium: "email" } };
    assert.equal(await refusal(stranger.post("login", without)), "400 M_MISSING_PARAM");
  },
);

homeserverTest(
  "the page leads on to where the client wished, to the web and to hosts that are allowed",
  async (homeserver) => {
    const alice = await homeserver.register("alice");
    const email = freshEmail();
    await requestEmail(alice, "add", { email, next_link: "https://app.example.org/done?x=1" });
    const { status, location } = await confirm(homeserver, email);
    assert.deepEqual([status, location], [303, "https://app.example.org/done?x=1"]);
    for (const next_link of ["javascript:alert(1)", "data:text/html,x", "nonsense", "https://evil.example/"]) {
      const asking = requestEmail(alice, "add", { email: freshEmail(), next_link });
      assert.equal(await refusal(asking), "400 M_INVALID_PARAM", next_link);
    }
  },
);

homeserverTest("what is no address or no secret is refused, and nothing is sent", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const before = mails.mails.length;
  const emails = [
    "",
    "alice",
    "a@b@c.org",
    "Alice <a@b.org>",
    "a b@c.org",
    "a@b.org,c@d.org",
    "a\u0000@b.org",
    `${"a".repeat(250)}@b.org`,
  ];
  for (const email of emails)
    assert.equal(await refusal(requestEmail(alice, "add", { email })), "400 M_INVALID_PARAM", email);
  for (const client_secret of ["", "a b", "ü", "a".repeat(256), "a\u0000"]) {
    const asking = requestEmail(alice, "add", { email: freshEmail(), client_secret });
    assert.equal(await refusal(asking), "400 M_INVALID_PARAM", client_secret);
  }
  assert.match(await refusal(requestEmail(alice, "add", { email: freshEmail(), send_attempt: -1 })), /^400/);
  assert.equal(mails.mails.length, before);
});

homeserverTest("a mail that could not be sent is told, and the same attempt tries again", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const request = { email: "gone@example.org", client_secret: freshSecret(), send_attempt: 1 };
  assert.equal(await refusal(requestEmail(alice, "add", request)), "400 M_EMAIL_SEND_ERROR");
  assert.equal(await refusal(requestEmail(alice, "add", request)), "400 M_EMAIL_SEND_ERROR");
});

homeserverTest("an address is removed from the account, and is free for another", async (homeserver) => {
  const { client, email } = await withEmail(homeserver, "alice");
  const bob = await homeserver.register("bob");
  await bob.post("account/3pid/delete", { medium: "email", address: email });
  assert.equal((await client.get<{ threepids: unknown[] }>("account/3pid")).threepids.length, 1);
  const answer = await client.post("account/3pid/delete", { medium: "email", address: email.toUpperCase() });
  assert.deepEqual(answer, { id_server_unbind_result: "no-support" });
  assert.deepEqual(await client.get("account/3pid"), { threepids: [] });
  const session = await validated(homeserver, bob, email);
  await bob.post("account/3pid/add", { ...session, auth: passwordAuth(bob) });
});

homeserverTest("the address of an account that has ended is free, and nobody logs in with it", async (homeserver) => {
  const { client, email } = await withEmail(homeserver, "alice");
  await client.post("account/deactivate", { auth: passwordAuth(client) });
  const identifier = { type: "m.id.thirdparty", medium: "email", address: email };
  const login = { type: "m.login.password", identifier, password };
  assert.equal(await refusal(homeserver.anonymous().post("login", login)), "403 M_FORBIDDEN");
  const bob = await homeserver.register("bob");
  await requestEmail(bob, "add", { email });
});

homeserverTest("telephone numbers are not taken where no text messages are sent", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const body = { client_secret: freshSecret(), send_attempt: 1, phone_number: "07700900001", country: "GB" };
  const ask = async (more: object) =>
    await refusal(alice.post("account/3pid/msisdn/requestToken", { ...body, ...more }));
  assert.equal(await ask({}), "400 M_THREEPID_MEDIUM_NOT_SUPPORTED");
  assert.equal(await ask({ id_server: "id.example.org", id_access_token: "abc" }), "400 M_SERVER_NOT_TRUSTED");
});

homeserverTest("clients learn that identifiers may be changed", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const { capabilities } = await alice.get<{ capabilities: Record<string, unknown> }>("capabilities");
  assert.deepEqual(capabilities["m.3pid_changes"], { enabled: true });
});

homeserverTest("the password's stage takes the user's own address as a name, and nobody else's", async (homeserver) => {
  const { client, email } = await withEmail(homeserver, "alice");
  const { email: ofBob } = await withEmail(homeserver, "bob");
  const other = await homeserver.otherDeviceOf(client);
  const remove = async (names: object) =>
    await client.answer("DELETE", `devices/${other.deviceId}`, {
      auth: { type: "m.login.password", password, ...names },
    });
  for (const names of [identifier(ofBob), old(ofBob), identifier(freshEmail()), old(freshEmail())]) {
    const { status, text } = await remove(names);
    assert.deepEqual([status, JSON.parse(text)["errcode"]], [403, "M_FORBIDDEN"], JSON.stringify(names));
  }
  const strange = await remove({ identifier: { type: "m.id.magic" } });
  assert.deepEqual([strange.status, strange.json()["errcode"]], [400, "M_UNKNOWN"]);
  const broken = await remove({ identifier: 7 });
  assert.deepEqual([broken.status, broken.json()["errcode"]], [400, "M_BAD_JSON"]);
  assert.equal((await other.answer("GET", "account/whoami")).status, 200);
  assert.equal((await remove(identifier(email.toUpperCase()))).status, 200);
  assert.equal((await other.answer("GET", "account/whoami")).status, 401);
  const third = await homeserver.sameDeviceOf(other);
  assert.equal((await remove(old(email))).status, 200);
  assert.equal((await third.answer("GET", "account/whoami")).status, 401);
});

/** How a client names a user by an address; and how clients did before r0.4. */
const identifier = (address: string) => ({ identifier: { type: "m.id.thirdparty", medium: "email", address } });
const old = (address: string) => ({ medium: "email", address });
