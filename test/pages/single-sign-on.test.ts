/** Single sign-on in a real browser: a whole server, a real provider, the keyboard, a narrow screen and matrix-js-sdk. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before } from "node:test";
import { createClient } from "matrix-js-sdk";
import type { Page } from "playwright-core";
import { assertFits, browserTests, tabTo } from "../support/browser.ts";
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

/** Goes through the provider's own pages. */
async function logInAt(page: Page, name: string): Promise<void> {
  await page.waitForURL(/\/interaction\//);
  await page.fill("input[name=login]", name);
  await page.fill("input[name=password]", "any");
  await page.press("input[name=password]", "Enter");
  // Whether it is allowed is asked at the first time.
  await page.waitForLoadState();
  if (page.url().includes("/interaction/")) await page.press("button[type=submit]", "Enter");
}

inBrowser("somebody logs in for an app by keyboard alone, choosing a provider and a name", async (context) => {
  providers[1]?.accounts.set("robin", { name: "Robin" });
  const page = await context.newPage();
  const client = createClient({ baseUrl });
  await page.goto(client.getSsoLoginUrl(appUrl, "sso"));
  await assertFits(page);
  await tabTo(page, "Work");
  await page.keyboard.press("Enter");
  await logInAt(page, "robin");
  await page.waitForURL(/sso\/callback/);
  await assertFits(page);
  await tabTo(page, "User name");
  await page.keyboard.type("robin");
  await page.keyboard.press("Enter");
  await page.waitForURL(/sso\/name/);
  await assertFits(page);
  assert.match((await page.textContent("main")) ?? "", /@robin:localhost/);
  await tabTo(page, "Continue");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${appUrl}**`);
  const token = new URL(page.url()).searchParams.get("loginToken") ?? "";
  assert.equal((await client.loginWithToken(token)).user_id, "@robin:localhost");
  await assert.rejects(client.loginWithToken(token), { errcode: "M_FORBIDDEN" });
});
