/** The page that a mail leads to in a real browser: by keyboard alone, on a narrow screen. */
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { emailConfig, freshEmail, freshSecret, pathOf } from "../../src/modules/third-party-identifiers/testing.ts";
import { assertFits, browserTests, pressEnter } from "../support/browser.ts";
import type { RunningServer } from "../support/child-server.ts";
import { TestMailServer } from "../support/mail-server.ts";
import { startServer } from "../support/server.ts";

const inBrowser = browserTests();

let mails: TestMailServer;
let server: RunningServer;

before(async () => {
  mails = await TestMailServer.start();
  server = await startServer({
    config: { public_base_url: "https://matrix.test.example", email: emailConfig(mails) },
  });
});

after(async () => {
  await server[Symbol.asyncDispose]();
  await mails[Symbol.asyncDispose]();
});

/** The address of the page that a mail to a new address leads to. */
async function linkOfMail(nextLink?: string): Promise<string> {
  const email = freshEmail("a-rather-long-name-for-an-address-that-does-not-fit-into-one-line");
  const answer = await fetch(`${server.baseUrl}/_matrix/client/v3/register/email/requestToken`, {
    method: "POST",
    body: JSON.stringify({ client_secret: freshSecret(), email, send_attempt: 1, next_link: nextLink }),
  });
  assert.equal(answer.status, 200);
  return server.baseUrl + pathOf((await mails.mailTo(email)).link);
}

inBrowser("an address is confirmed by keyboard", async (context) => {
  const page = await context.newPage();
  await page.goto(await linkOfMail());
  await assertFits(page);
  await pressEnter(page, "Yes, confirm");
  await page.getByRole("heading", { name: "Confirmed", exact: true }).waitFor();
  await assertFits(page);
});

inBrowser("the button leads on to where the client wished", async (context) => {
  const page = await context.newPage();
  await page.goto(await linkOfMail(`${server.baseUrl}/_matrix/client/versions`));
  await pressEnter(page, "Yes, confirm");
  await page.waitForURL("**/_matrix/client/versions");
});

inBrowser("a link that does not work says so in the reader's language", async (context) => {
  const page = await context.newPage();
  await page.setExtraHTTPHeaders({ "accept-language": "de" });
  await page.goto((await linkOfMail()).slice(0, -4));
  await page.getByRole("heading", { name: "Dieser Link funktioniert nicht" }).waitFor();
  await assertFits(page);
});
