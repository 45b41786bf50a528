/** The fallback pages in a real browser: a whole server, a captcha's script, the keyboard and a narrow screen. */
import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { createClient, MatrixError } from "matrix-js-sdk";
import { assertFits, browserTests, tabTo } from "../support/browser.ts";
import { type CaptchaServiceForTest, humanAnswer, startCaptchaService } from "../support/captcha-service.ts";
import type { RunningServer } from "../support/child-server.ts";
import { startServer } from "../support/server.ts";

const inBrowser = browserTests();
const longName = "Conditions générales d'utilisation ".repeat(4).trim();
const password = "correct horse";

let captcha: CaptchaServiceForTest;
let server: RunningServer;

before(async () => {
  captcha = await startCaptchaService();
  const translations = [{ language: "fr", name: longName, url: "https://example.org/terms" }];
  server = await startServer({
    config: { captcha: captcha.section, terms: { policies: [{ id: "terms", version: "1", translations }] } },
  });
});

after(async () => {
  await server[Symbol.asyncDispose]();
  captcha.close();
});

/** Opens a stage's page as a client does that waits for the page's message. */
async function openStage(context: BrowserContext, type: string, session: string): Promise<[client: Page, popup: Page]> {
  const client = await context.newPage();
  const url = `${server.baseUrl}/_matrix/client/v3/auth/${type}/fallback/web?session=${session}`;
  await client.evaluate("addEventListener('message', (event) => { window.heard = event.data; })");
  const [popup] = await Promise.all([
    client.waitForEvent("popup"),
    client.evaluate(`void window.open(${JSON.stringify(url)})`),
  ]);
  await popup.waitForLoadState();
  await assertFits(popup);
  return [client, popup];
}

async function pressAndWait(client: Page, popup: Page, button: string): Promise<void> {
  await tabTo(popup, button);
  await popup.keyboard.press("Enter");
  await popup.getByRole("heading", { name: "Done" }).waitFor();
  await client.waitForFunction("window.heard === 'authDone'");
}

async function sessionOf(registering: Promise<unknown>): Promise<string> {
  const error = await registering.catch((reason: unknown) => reason);
  assert.ok(error instanceof MatrixError && error.httpStatus === 401, String(error));
  return String(error.data["session"]);
}

inBrowser("matrix-js-sdk registers through the pages of captcha and terms, by keyboard alone", async (context) => {
  const sdk = createClient({ baseUrl: server.baseUrl });
  const wishes = { username: "alice", password };
  const session = await sessionOf(sdk.registerRequest(wishes));

  const [captchaClient, captchaPage] = await openStage(context, "m.login.recaptcha", session);
  await tabTo(captchaPage, "Continue");
  await captchaPage.keyboard.press("Enter");
  await captchaPage.getByRole("alert").waitFor();
  await captchaPage.getByLabel("I am a person").waitFor();
  await tabTo(captchaPage, "I am a person");
  await captchaPage.keyboard.press("Space");
  await pressAndWait(captchaClient, captchaPage, "Continue");

  const [termsClient, termsPage] = await openStage(context, "m.login.terms", session);
  await termsPage.locator("input[type=checkbox]").focus();
  await termsPage.keyboard.press("Space");
  await pressAndWait(termsClient, termsPage, "I accept");

  const registered = await sdk.registerRequest({ ...wishes, auth: { session } });
  assert.equal(registered.user_id, "@alice:localhost");
});

inBrowser("the login page logs in by keyboard, and hands the answer to the client", async (context) => {
  await makeAccount("bob");
  const page = await context.newPage();
  await page.addInitScript("window.matrixLogin = { onLogin: (answer) => { window.answer = answer; } };");
  await page.goto(`${server.baseUrl}/_matrix/static/client/login/?device_id=PHONE&refresh_token=true`);
  await assertFits(page);
  const submit = async (text: string): Promise<void> => {
    await page.getByLabel("Password").fill(text);
    await page.keyboard.press("Enter");
  };
  await tabTo(page, "User name");
  await page.keyboard.type("bob");
  await submit("wrong");
  await page.getByRole("alert").waitFor();
  await submit(password);
  await page.getByRole("heading", { name: "Done" }).waitFor();
  const answer = await page.evaluate<Record<string, unknown>>("window.answer");
  assert.deepEqual([answer["user_id"], answer["device_id"]], ["@bob:localhost", "PHONE"]);
  assert.equal(typeof answer["refresh_token"], "string");
});

async function makeAccount(username: string): Promise<void> {
  const sdk = createClient({ baseUrl: server.baseUrl });
  const session = await sessionOf(sdk.registerRequest({ username, password }));
  const stages = [{ type: "m.login.recaptcha", response: humanAnswer }, { type: "m.login.terms" }];
  for (const [index, stage] of stages.entries()) {
    const asked = sdk.registerRequest({ username, password, auth: { session, ...stage } });
    if (index < stages.length - 1) await sessionOf(asked);
    else await asked;
  }
}
