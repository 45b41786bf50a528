import assert from "node:assert/strict";
import { after } from "node:test";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import { clientId, clientSecret, OpenIdProvider } from "../../../test/support/openid-provider.ts";
import { type Shown, TextBrowser } from "../../../test/support/text-browser.ts";
import { callbackPath } from "./callback.endpoint.ts";

const origin = "http://homeserver.test";
const redirectPath = "/_matrix/client/v3/login/sso/redirect";
const client = "https://client.test/app?a=1#top";
const trusted = "https://trusted.test/app";

const first = await OpenIdProvider.start(() => `${origin}${callbackPath}`);
const second = await OpenIdProvider.start(() => `${origin}${callbackPath}`);
after(async () => {
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

const common = { client_id: clientId, client_secret: clientSecret };
const homeserverTest = homeserverTests({
  public_base_url: origin,
  single_sign_on: {
    trusted_clients: [trusted],
    providers: [
      { ...common, id: "one", name: "One <b>", issuer: first.issuer, brand: "github", icon: "mxc://test/icon" },
      { ...common, id: "two", name: "Two", issuer: second.issuer, existing_accounts: true, registration: false },
      {
        ...common,
        id: "mail",
        name: "Mail",
        issuer: first.issuer,
        scopes: ["openid", "profile", "email"],
        email: true,
      },
      { ...common, id: "down", name: "Down", issuer: "http://127.0.0.1:1" },
    ],
  },
});

let names = 0;
const newName = (): string => `sso${++names}`;
const redirectTo = (provider: string, redirectUrl = client): string =>
  `${redirectPath}/${provider}?redirectUrl=${encodeURIComponent(redirectUrl)}`;

/** Logs in at the provider, whose pages ask for a name and for consent. */
async function logInAs(browser: TextBrowser, name: string, to: string | Shown): Promise<Shown> {
  let shown = typeof to === "string" ? await browser.open(to) : to;
  while (shown.url.pathname.startsWith("/interaction/")) {
    const isLogin = shown.text.includes('name="login"');
    shown = await browser.submit(shown, isLogin ? { login: name, password: "any" } : {});
  }
  return shown;
}

const tokenIn = ({ url }: Shown): string => url.searchParams.get("loginToken") ?? "";

function browserOf(homeserver: TestHomeserver): TextBrowser {
  return new TextBrowser(homeserver.anonymous(), origin);
}

async function logIn(homeserver: TestHomeserver, token: string) {
  return await homeserver.anonymous().answer("POST", "login", { type: "m.login.token", token });
}

homeserverTest("the flows tell the providers with their icons and brands", async (homeserver) => {
  const { flows } = await homeserver.anonymous().get<{ flows: object[] }>("login");
  assert.deepEqual(flows, [
    { type: "m.login.password" },
    {
      type: "m.login.sso",
      identity_providers: [
        { id: "one", name: "One <b>", icon: "mxc://test/icon", brand: "github" },
        { id: "two", name: "Two" },
        { id: "mail", name: "Mail" },
        { id: "down", name: "Down" },
      ],
    },
    { type: "m.login.token" },
  ]);
});

homeserverTest("who is new gets an account, and the client a token after a consent", async (homeserver) => {
  const name = newName();
  first.accounts.set(name, { preferred_username: name, name: "Somebody New" });
  const browser = browserOf(homeserver);
  const consent = await logInAs(browser, name, redirectTo("one"));
  assert.equal(consent.status, 200);
  assert.match(consent.text, /https:\/\/client\.test<\/strong> wants to use this account/);
  const back = await browser.submit(consent);
  assert.match(back.url.href, /^https:\/\/client\.test\/app\?a=1&loginToken=hdll_[\w-]+#top$/);
  const session = (await logIn(homeserver, tokenIn(back))).json();
  assert.equal(session["user_id"], `@${name}:test`);
  const profile = await homeserver.anonymous().get(`profile/${session["user_id"]}`);
  assert.equal(profile["displayname"], "Somebody New");
  assert.equal((await logIn(homeserver, tokenIn(back))).status, 403);
  // The form was used.
  assert.equal((await browser.submit(consent)).status, 400);
});

homeserverTest("who comes again gets the same account, whatever the provider now calls them", async (homeserver) => {
  const name = newName();
  first.accounts.set(name, { preferred_username: name });
  const once = await logInAs(browserOf(homeserver), name, redirectTo("one", trusted));
  first.accounts.set(name, { preferred_username: "somebodyelse" });
  const again = await logInAs(browserOf(homeserver), name, redirectTo("one", trusted));
  for (const { url } of [once, again]) assert.equal(url.host, "trusted.test");
  assert.equal((await logIn(homeserver, tokenIn(once))).json()["user_id"], `@${name}:test`);
  assert.equal((await logIn(homeserver, tokenIn(again))).json()["user_id"], `@${name}:test`);
});

homeserverTest("a name that is taken is asked for anew, until one is free", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const taken = alice.userId.slice(1, alice.userId.indexOf(":"));
  const name = newName();
  first.accounts.set(name, { preferred_username: taken });
  const browser = browserOf(homeserver);
  const asked = await logInAs(browser, name, redirectTo("one", trusted));
  assert.match(asked.text, new RegExp(`name="username" value="${taken}"`));
  const still = await browser.submit(asked, { username: "Not A Name" });
  assert.match(still.text, /role="alert"/);
  const back = await browser.submit(still, { username: name });
  assert.equal((await logIn(homeserver, tokenIn(back))).json()["user_id"], `@${name}:test`);
});

homeserverTest("an existing account is for who has its name at such a provider alone", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const taken = alice.userId.slice(1, alice.userId.indexOf(":"));
  second.accounts.set("a", { preferred_username: taken });
  second.accounts.set("b", { preferred_username: newName() });
  const back = await logInAs(browserOf(homeserver), "a", redirectTo("two", trusted));
  assert.equal((await logIn(homeserver, tokenIn(back))).json()["user_id"], alice.userId);
  const refused = await logInAs(browserOf(homeserver), "b", redirectTo("two", trusted));
  assert.equal(refused.status, 403);
  assert.match(refused.text, /You have no account here/);
});

homeserverTest("of several providers one is chosen on a page", async (homeserver) => {
  const page = await browserOf(homeserver).open(`${redirectPath}?redirectUrl=${encodeURIComponent(client)}`);
  assert.match(page.text, /href="[^"]*\/redirect\/one\?redirectUrl=https%3A%2F%2Fclient.test[^"]*">One &lt;b&gt;</);
  assert.match(page.text, />Two</);
});

homeserverTest("addresses that no browser should be sent to are refused", async (homeserver) => {
  const browser = browserOf(homeserver);
  for (const url of ["javascript:alert(1)", "data:text/html,x", "/relative", "https://a:b@c.test/", "file:///x"]) {
    for (const path of [redirectTo("one", url), `${redirectPath}?redirectUrl=${encodeURIComponent(url)}`]) {
      assert.equal((await browser.open(path)).status, 400, url);
    }
  }
  const without = await homeserver.anonymous().answer("GET", "login/sso/redirect");
  assert.equal(without.status, 400);
  assert.match(without.text, /<h1>This does not work<[^]*redirectUrl/);
});

homeserverTest("unknown providers and providers that are down are told on pages", async (homeserver) => {
  const browser = browserOf(homeserver);
  const unknown = await browser.open(redirectTo("none"));
  assert.deepEqual([unknown.status, /No such provider/.test(unknown.text)], [404, true]);
  const down = await browser.open(redirectTo("down"));
  assert.deepEqual([down.status, /Down cannot be reached/.test(down.text)], [502, true]);
});

/** Everything up to the callback, which is not opened. */
async function stopBeforeCallback(browser: TextBrowser, name: string, begin: string): Promise<URL> {
  let url = new URL(begin, origin);
  let fields: Record<string, string> | undefined;
  while (url.pathname !== callbackPath) {
    const { location, text } = await browser.step(url, fields);
    fields = undefined;
    if (location === undefined) {
      fields = { prompt: /name="prompt" value="(\w+)"/.exec(text)?.[1] ?? "", login: name, password: "any" };
    } else {
      url = new URL(location, url);
    }
  }
  return url;
}

homeserverTest("a callback counts once, in the browser that began, and with what was begun", async (homeserver) => {
  const name = newName();
  first.accounts.set(name, { preferred_username: name });
  const begin = redirectTo("one", trusted);
  const browser = browserOf(homeserver);
  const callback = await stopBeforeCallback(browser, name, begin);
  const stranger = await browserOf(homeserver).open(callback);
  assert.deepEqual([stranger.status, /Begin again/.test(stranger.text)], [400, true]);
  const wrong = new URL(callback);
  wrong.searchParams.set("state", "x".repeat(43));
  assert.equal((await browser.open(wrong)).status, 400);
  assert.equal((await browser.open(callback)).url.host, "trusted.test");
  assert.equal((await browser.open(callback)).status, 400, "replayed");
});

homeserverTest("codes that are wrong, or for another login, are not accepted", async (homeserver) => {
  const name = newName();
  first.accounts.set(name, { preferred_username: name });
  const browser = browserOf(homeserver);
  const one = await stopBeforeCallback(browser, name, redirectTo("one", trusted));
  const other = await stopBeforeCallback(browserOf(homeserver), name, redirectTo("one", trusted));
  one.searchParams.set("code", other.searchParams.get("code") ?? "");
  const refused = await browser.open(one);
  assert.deepEqual([refused.status, /was not accepted/.test(refused.text)], [403, true]);
  const error = await stopBeforeCallback(browser, name, redirectTo("one", trusted));
  error.searchParams.delete("code");
  error.searchParams.set("error", "access_denied");
  assert.match((await browser.open(error)).text, /did not let you log in/);
});

homeserverTest("an ID token with another nonce is not accepted", async (homeserver) => {
  const name = newName();
  first.accounts.set(name, { preferred_username: name });
  const browser = browserOf(homeserver);
  const { location = "" } = await browser.step(new URL(redirectTo("one", trusted), origin));
  const changed = new URL(location);
  changed.searchParams.set("nonce", "somebody else's");
  const refused = await browser.open(await stopBeforeCallback(browser, name, changed.href));
  assert.deepEqual([refused.status, /was not accepted/.test(refused.text)], [403, true]);
});

homeserverTest("a restart in the middle does not disturb", async (homeserver) => {
  const name = newName();
  first.accounts.set(name, { preferred_username: name });
  const browser = browserOf(homeserver);
  const callback = await stopBeforeCallback(browser, name, redirectTo("one", trusted));
  await homeserver.restart();
  assert.equal((await browser.open(callback)).url.host, "trusted.test");
});

/** The addresses of a new account, whose provider says this of it. */
async function emailsOfNew(homeserver: TestHomeserver, provider: string, claims: object): Promise<string[]> {
  const name = newName();
  first.accounts.set(name, { preferred_username: name, ...claims });
  const back = await logInAs(browserOf(homeserver), name, redirectTo(provider, trusted));
  const user = homeserver.withToken(String((await logIn(homeserver, tokenIn(back))).json()["access_token"]));
  const { threepids } = await user.get<{ threepids: { address: string }[] }>("account/3pid");
  return threepids.map(({ address }) => address);
}

homeserverTest("a new account gets the address that its provider has verified, and no other", async (homeserver) => {
  const email = `${newName()}@Example.org`;
  const verified = { email, email_verified: true };
  assert.deepEqual(await emailsOfNew(homeserver, "one", verified), []);
  assert.deepEqual(await emailsOfNew(homeserver, "mail", { email, email_verified: false }), []);
  assert.deepEqual(await emailsOfNew(homeserver, "mail", { email }), []);
  assert.deepEqual(await emailsOfNew(homeserver, "mail", { email: "none", email_verified: true }), []);
  assert.deepEqual(await emailsOfNew(homeserver, "mail", verified), [email.toLowerCase()]);
  assert.deepEqual(await emailsOfNew(homeserver, "mail", verified), [], "it is somebody's already");
});

homeserverTest("a deactivated account logs in no more", async (homeserver) => {
  const alice = await homeserver.register("alice");
  second.accounts.set("ended", { preferred_username: alice.userId.slice(1, alice.userId.indexOf(":")) });
  const auth = { type: "m.login.password", password: "correct horse", user: alice.userId };
  await alice.post("account/deactivate", { auth });
  const refused = await logInAs(browserOf(homeserver), "ended", redirectTo("two", trusted));
  assert.deepEqual([refused.status, /This account is closed/.test(refused.text)], [403, true]);
});

homeserverTest("who has an identity authenticates a change by it, and nobody else does", async (homeserver) => {
  const [name, other] = [newName(), newName()];
  for (const account of [name, other]) first.accounts.set(account, { preferred_username: account });
  const browser = browserOf(homeserver);
  const back = await logInAs(browser, name, redirectTo("one", trusted));
  await logInAs(browserOf(homeserver), other, redirectTo("one", trusted));
  const user = homeserver.withToken(String((await logIn(homeserver, tokenIn(back))).json()["access_token"]));
  const devices = ["OTHER"];
  const challenge = (await user.answer("POST", "delete_devices", { devices })).json();
  assert.deepEqual(challenge["flows"], [{ stages: ["m.login.password"] }, { stages: ["m.login.sso"] }]);
  const auth = { session: challenge["session"] };
  const page = `/_matrix/client/v3/auth/m.login.sso/fallback/web?session=${String(challenge["session"])}`;

  const claimed = await user.answer("POST", "delete_devices", {
    devices,
    auth: { ...auth, type: "m.login.sso", proof: "x" },
  });
  assert.deepEqual([claimed.status, claimed.json()["errcode"]], [401, "M_FORBIDDEN"]);

  const stranger = browserOf(homeserver);
  const wrong = await logInAs(stranger, other, await stranger.submit(await stranger.open(page), { provider: "one" }));
  assert.deepEqual([wrong.status, /This is another account/.test(wrong.text)], [403, true]);
  assert.equal((await user.answer("POST", "delete_devices", { devices, auth })).status, 401);

  const asked = await browser.open(page);
  assert.match(asked.text, /Log in again at One &lt;b&gt;/);
  const done = await logInAs(browser, name, await browser.submit(asked, { provider: "one" }));
  assert.match(done.text, /onAuthDone/);
  assert.equal((await user.answer("POST", "delete_devices", { devices, auth })).status, 200);
});

homeserverTest("who has no identity is not offered the stage", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const challenge = (await alice.answer("POST", "delete_devices", { devices: [] })).json();
  assert.deepEqual(challenge["flows"], [{ stages: ["m.login.password"] }]);
});
