/** The fallback pages in a real browser: a whole server, the keyboard and a narrow screen. */
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { createClient, type MatrixClient, MatrixError } from "matrix-js-sdk";
import type { BrowserContext, Page } from "playwright-core";
import { emailConfig, freshEmail, pathOf } from "../../src/modules/third-party-identifiers/testing.ts";
import { assertFits, browserTests, pressEnter, tabTo, typeInto } from "../support/browser.ts";
import { type CaptchaServiceForTest, startCaptchaService } from "../support/captcha-service.ts";
import type { RunningServer } from "../support/child-server.ts";
import { TestMailServer } from "../support/mail-server.ts";
import { startServer } from "../support/server.ts";
import { TestSmsGateway } from "../support/sms-gateway.ts";

const inBrowser = browserTests();
const longName = "Conditions générales d'utilisation ".repeat(4).trim();
const password = "correct horse";

const flows = [
  ["m.login.recaptcha", "m.login.terms"],
  ["m.login.registration_token"],
  ["m.login.email.identity"],
  ["m.login.msisdn"],
  ["m.login.dummy"],
];

let captcha: CaptchaServiceForTest;
let mails: TestMailServer;
let gateway: TestSmsGateway;
let server: RunningServer;

before(async () => {
  captcha = await startCaptchaService();
  mails = await TestMailServer.start();
  gateway = await TestSmsGateway.start();
  const translations = [{ language: "fr", name: longName, url: "https://example.org/terms" }];
  server = await startServer({
    config: {
      public_base_url: "https://matrix.test.example",
      captcha: captcha.section,
      terms: { policies: [{ id: "terms", version: "1", translations }] },
      email: emailConfig(mails),
      sms: { url: gateway.url },
      registration: { mode: "open", tokens: ["open-sesame"], flows },
    },
  });
});

after(async () => {
  await server[Symbol.asyncDispose]();
  await mails[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  captcha.close();
});

/** A stage's page, and the page of the client that opened it and waits for its message. */
interface Opened {
  readonly client: Page;
  readonly popup: Page;
}

async function openStage(context: BrowserContext, type: string, session: string): Promise<Opened> {
  const client = await context.newPage();
  const url = `${server.baseUrl}/_matrix/client/v3/auth/${type}/fallback/web?session=${session}`;
  await client.evaluate("addEventListener('message', (event) => { window.heard = event.data; })");
  const [popup] = await Promise.all([
    client.waitForEvent("popup"),
    client.evaluate(`void window.open(${JSON.stringify(url)})`),
  ]);
  await popup.waitForLoadState();
  await assertFits(popup);
  return { client, popup };
}

/** Presses what completes the stage. */
async function finish({ client, popup }: Opened, button: string): Promise<void> {
  await pressEnter(popup, button);
  await popup.getByRole("heading", { name: "Done" }).waitFor();
  await assertFits(popup);
  await client.waitForFunction("window.heard === 'authDone'");
}

/** What an alert says that appeared above a form, which is still there and fits. */
async function alertOn(page: Page): Promise<string> {
  await page.getByRole("alert").waitFor();
  await assertFits(page);
  return (await page.getByRole("alert").textContent()) ?? "";
}

async function sessionOf(asked: Promise<unknown>): Promise<string> {
  const error = await asked.catch((reason: unknown) => reason);
  assert.ok(error instanceof MatrixError && error.httpStatus === 401, String(error));
  return String(error.data["session"]);
}

/** A registration with matrix-js-sdk that is to be completed on pages. */
async function beginRegistration(username: string) {
  const sdk = createClient({ baseUrl: server.baseUrl });
  const wishes = { username, password };
  const session = await sessionOf(sdk.registerRequest(wishes));
  return { session, finish: async () => await sdk.registerRequest({ ...wishes, auth: { session } }) };
}

async function logIn(username: string): Promise<MatrixClient> {
  const sdk = createClient({ baseUrl: server.baseUrl });
  const { access_token: accessToken, user_id: userId } = await sdk.loginRequest({
    type: "m.login.password",
    identifier: { type: "m.id.user", user: username },
    password,
  });
  return createClient({ baseUrl: server.baseUrl, accessToken, userId });
}

async function makeAccount(username: string): Promise<void> {
  const sdk = createClient({ baseUrl: server.baseUrl });
  await sdk.registerRequest({ username, password, auth: { type: "m.login.dummy" } });
}

inBrowser("matrix-js-sdk registers through the pages of captcha and terms", async (context) => {
  const registration = await beginRegistration("alice");

  const first = await openStage(context, "m.login.recaptcha", registration.session);
  await pressEnter(first.popup, "Continue");
  await alertOn(first.popup);
  await first.popup.getByLabel("I am a person").waitFor();
  await tabTo(first.popup, "I am a person");
  await first.popup.keyboard.press("Space");
  await finish(first, "Continue");

  const second = await openStage(context, "m.login.terms", registration.session);
  await tabTo(second.popup, longName);
  await second.popup.keyboard.press("Space");
  await finish(second, "I accept");

  assert.equal((await registration.finish()).user_id, "@alice:localhost");
});

inBrowser("terms that are not accepted go no further", async (context) => {
  const { session } = await beginRegistration("refuser");
  const { popup } = await openStage(context, "m.login.terms", session);
  await pressEnter(popup, "I accept");
  // The browser leads to what is missing and sends nothing.
  await popup.waitForFunction("document.activeElement.type === 'checkbox'");
});

inBrowser("a registration token is typed into its page", async (context) => {
  const registration = await beginRegistration("token-holder");
  const opened = await openStage(context, "m.login.registration_token", registration.session);
  await typeInto(opened.popup, "The token that you were given", "guess");
  await opened.popup.keyboard.press("Enter");
  assert.match(await alertOn(opened.popup), /token is not valid/);
  await typeInto(opened.popup, "The token that you were given", "open-sesame");
  await finish(opened, "Continue");
  assert.equal((await registration.finish()).user_id, "@token-holder:localhost");
});

inBrowser("the page of a stage without a question has a button", async (context) => {
  const registration = await beginRegistration("dummy");
  await finish(await openStage(context, "m.login.dummy", registration.session), "Continue");
  assert.equal((await registration.finish()).user_id, "@dummy:localhost");
});

inBrowser("an e-mail address is given and confirmed on pages", async (context) => {
  const registration = await beginRegistration("mailer");
  const opened = await openStage(context, "m.login.email.identity", registration.session);
  const email = freshEmail("a-rather-long-name-for-an-address-that-does-not-fit-into-one-line");
  await typeInto(opened.popup, "E-mail address", email);
  await opened.popup.keyboard.press("Enter");
  await opened.popup.getByRole("button", { name: "I have confirmed" }).waitFor();
  await assertFits(opened.popup);
  await pressEnter(opened.popup, "I have confirmed");
  assert.match(await alertOn(opened.popup), /not confirmed/);

  const mailPage = await context.newPage();
  await mailPage.goto(server.baseUrl + pathOf((await mails.mailTo(email)).link));
  await pressEnter(mailPage, "Yes, confirm");
  await mailPage.getByRole("heading", { name: "Confirmed" }).waitFor();
  await finish(opened, "I have confirmed");
  assert.equal((await registration.finish()).user_id, "@mailer:localhost");
});

inBrowser("a telephone number is given and its code typed on pages", async (context) => {
  const registration = await beginRegistration("caller");
  const opened = await openStage(context, "m.login.msisdn", registration.session);
  await typeInto(opened.popup, "Telephone number", "+44 7700 900123");
  await opened.popup.keyboard.press("Enter");
  await opened.popup.getByLabel("Code").waitFor();
  await assertFits(opened.popup);
  await pressEnter(opened.popup, "Send it again");
  await opened.popup.locator("input[name=attempt][value='2']").waitFor({ state: "attached" });
  assert.equal(gateway.messages.length, 2);
  await typeInto(opened.popup, "Code", "wrong");
  await opened.popup.keyboard.press("Enter");
  assert.match(await alertOn(opened.popup), /code is wrong/);
  const code = /\d{6}/.exec(JSON.parse(gateway.messages.at(-1)?.body ?? "{}").text)?.[0] ?? "";
  await typeInto(opened.popup, "Code", code);
  await finish(opened, "Continue");
  assert.equal((await registration.finish()).user_id, "@caller:localhost");
});

inBrowser("a password is typed into the page of its stage", async (context) => {
  await makeAccount("carol");
  const [sdk, other] = [await logIn("carol"), await logIn("carol")];
  const { device_id: deviceId = "" } = await other.whoami();
  const session = await sessionOf(sdk.deleteMultipleDevices([deviceId]));
  const opened = await openStage(context, "m.login.password", session);
  await typeInto(opened.popup, "Password", "wrong");
  await opened.popup.keyboard.press("Enter");
  assert.match(await alertOn(opened.popup), /password is wrong/);
  await typeInto(opened.popup, "Password", password);
  await finish(opened, "Confirm");
  await sdk.deleteMultipleDevices([deviceId], { session });
  await assert.rejects(other.whoami(), { errcode: "M_UNKNOWN_TOKEN" });
});

inBrowser("what goes wrong before a page is asked is a page too", async (context) => {
  const page = await context.newPage();
  const answer = await page.goto(`${server.baseUrl}/_matrix/client/v3/auth/m.login.terms/fallback/web`);
  assert.equal(answer?.status(), 400);
  await page.getByRole("heading", { name: "This does not work" }).waitFor();
  await assertFits(page);
});

inBrowser("the login page logs in, and hands the answer to the client", async (context) => {
  await makeAccount("bob");
  const page = await context.newPage();
  await page.addInitScript("window.matrixLogin = { onLogin: (answer) => { window.answer = answer; } };");
  await page.goto(`${server.baseUrl}/_matrix/static/client/login/?device_id=PHONE&refresh_token=true`);
  await assertFits(page);
  await typeInto(page, "User name", "bob");
  await typeInto(page, "Password", "wrong");
  await page.keyboard.press("Enter");
  await alertOn(page);
  await typeInto(page, "Password", password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Done" }).waitFor();
  const answer = await page.evaluate<Record<string, unknown>>("window.answer");
  assert.deepEqual([answer["user_id"], answer["device_id"]], ["@bob:localhost", "PHONE"]);
  assert.equal(typeof answer["refresh_token"], "string");
});
