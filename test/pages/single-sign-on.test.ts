/** Single sign-on in a real browser: a whole server, a real provider, the keyboard, a narrow screen and matrix-js-sdk. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before } from "node:test";
import { createClient, MatrixError } from "matrix-js-sdk";
import type { Page } from "playwright-core";
import { assertFits, browserTests, pressEnter, typeInto } from "../support/browser.ts";
import type { RunningServer } from "../support/child-server.ts";
import { findFreePort } from "../support/free-port.ts";
import { clientId, clientSecret, OpenIdProvider } from "../support/openid-provider.ts";
import { startServer } from "../support/server.ts";

const inBrowser = browserTests();

const app = createServer((_request, response) => {
  response.setHeader("content-type", "text/html");
  response.end("<title>The app</title>");
});
let appUrl: string;
let baseUrl: string;
let providers: readonly OpenIdProvider[];
let server: RunningServer;

before(async () => {
  const ports = [await findFreePort(), await findFreePort()] as const;
  baseUrl = `http://127.0.0.1:${ports[0]}`;
  appUrl = `http://127.0.0.1:${ports[1]}/`;
  app.listen(ports[1], "127.0.0.1");
  await once(app, "listening");
  const start = async () => await OpenIdProvider.start(() => `${baseUrl}/_heddle/client/sso/callback`);
  providers = [await start(), await start()];
  const names = ["University of the Long Name and of the Small Screen", "Work"];
  const section = providers.map(({ issuer }, index) => ({
    id: `provider${index}`,
    name: names[index],
    issuer,
    client_id: clientId,
    client_secret: clientSecret,
  }));
  const listeners = [{ host: "127.0.0.1", port: ports[0] }];
  server = await startServer({
    config: { listeners, public_base_url: baseUrl, single_sign_on: { providers: section } },
  });
});

after(async () => {
  await server[Symbol.asyncDispose]();
  app.close();
  for (const provider of providers) await provider[Symbol.asyncDispose]();
});

/** Goes through the provider's own pages, which have the focus where one begins. */
async function logInAt(page: Page, name: string): Promise<void> {
  await page.locator("input[name=login]:focus").waitFor();
  await page.keyboard.type(name);
  await page.keyboard.press("Tab");
  await page.keyboard.type("any");
  await page.keyboard.press("Enter");
  // Whether it is allowed is asked at the first time.
  await page.waitForFunction("location.pathname.endsWith('/callback') || document.activeElement?.type === 'submit'");
  if (page.url().includes("/interaction/")) await page.keyboard.press("Enter");
}

/** Somebody new logs in for the app, choosing a provider and a name; gives the login token. */
async function signOn(page: Page, name: string): Promise<string> {
  providers[1]?.accounts.set(name, { name: "Robin" });
  await page.goto(createClient({ baseUrl }).getSsoLoginUrl(appUrl, "sso"));
  await assertFits(page);
  await pressEnter(page, "Work");
  await logInAt(page, name);
  await page.waitForURL(/sso\/callback/);
  await assertFits(page);
  await typeInto(page, "User name", name);
  await page.keyboard.press("Enter");
  await page.waitForURL(/sso\/name/);
  await assertFits(page);
  assert.match((await page.textContent("main")) ?? "", new RegExp(`@${name}:localhost`));
  await pressEnter(page, "Continue");
  await page.waitForURL(`${appUrl}**`);
  return new URL(page.url()).searchParams.get("loginToken") ?? "";
}

inBrowser("somebody logs in for an app by keyboard alone, choosing a provider and a name", async (context) => {
  const client = createClient({ baseUrl });
  const token = await signOn(await context.newPage(), "robin");
  assert.equal((await client.loginWithToken(token)).user_id, "@robin:localhost");
  await assert.rejects(client.loginWithToken(token), { errcode: "M_FORBIDDEN" });
});

inBrowser("a request is confirmed by logging in again at the provider", async (context) => {
  const page = await context.newPage();
  const { access_token: accessToken, user_id: userId } = await createClient({ baseUrl }).loginWithToken(
    await signOn(page, "wren"),
  );
  const sdk = createClient({ baseUrl, accessToken, userId });
  const { device_id: deviceId = "" } = await sdk.whoami();
  const asked = await sdk.deleteMultipleDevices([deviceId]).catch((reason: unknown) => reason);
  assert.ok(asked instanceof MatrixError && asked.httpStatus === 401, String(asked));
  const session = String(asked.data["session"]);
  await page.goto(`${baseUrl}/_matrix/client/v3/auth/m.login.sso/fallback/web?session=${session}`);
  await page.waitForURL(/sso\/authenticate/);
  await assertFits(page);
  await pressEnter(page, "Log in again at Work");
  await logInAt(page, "wren");
  await page.getByRole("heading", { name: "Done" }).waitFor();
  await assertFits(page);
  await sdk.deleteMultipleDevices([deviceId], { session });
  await assert.rejects(sdk.whoami(), { errcode: "M_UNKNOWN_TOKEN" });
});
