import assert from "node:assert/strict";
import { after } from "node:test";
import type { TestClient, WholeAnswer } from "../../../test/support/client.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import { TestMailServer } from "../../../test/support/mail-server.ts";
import { TestSmsGateway } from "../../../test/support/sms-gateway.ts";
import { emailConfig, freshEmail, pathOf } from "./testing.ts";

const mails = await TestMailServer.start();
const gateway = await TestSmsGateway.start();
after(async () => {
  await mails[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

const config = {
  public_base_url: "https://matrix.test.example",
  email: emailConfig(mails),
  sms: { url: gateway.url },
};
const it = homeserverTests({
  ...config,
  registration: { mode: "open", flows: [["m.login.email.identity"], ["m.login.msisdn"]] },
});
const itLimited = homeserverTests({
  ...config,
  registration: { mode: "open", flows: [["m.login.email.identity"]] },
  rate_limits: { validation: { per_second: 0.001, burst: 1 } },
});

const pageOf = (type: string): string => `/_matrix/client/v3/auth/${type}/fallback/web`;
const emailPage = pageOf("m.login.email.identity");
const phonePage = pageOf("m.login.msisdn");

let count = 0;

/** A registration that has begun: what its browser and its client do next. */
async function begin(homeserver: TestHomeserver) {
  const browser = homeserver.anonymous();
  const wishes = { username: `paged${Date.now()}${++count}`, password: "correct horse" };
  const session = String((await browser.answer("POST", "register", wishes)).json()["session"]);
  const goOn = async () => await browser.answer("POST", "register", { ...wishes, auth: { session } });
  return { browser, session, goOn };
}

/** The fields of the form that a page shows, as a browser would send them. */
function fieldsOf({ text }: WholeAnswer): Record<string, string> {
  const inputs = [...text.matchAll(/<input [^>]*name="(\w+)"[^>]*value="([^"]*)"/g)];
  return Object.fromEntries(inputs.map(([, name = "", value = ""]) => [name, value]));
}

async function identifiersOf(homeserver: TestHomeserver, registered: WholeAnswer): Promise<unknown> {
  const client: TestClient = homeserver.withToken(String(registered.json()["access_token"]));
  const { threepids } = await client.get<{ threepids: { medium: string; address: string }[] }>("account/3pid");
  return threepids.map(({ medium, address }) => [medium, address]);
}

it("an e-mail address is confirmed in a browser alone, and is the new account's", async (homeserver) => {
  const { browser, session, goOn } = await begin(homeserver);
  const email = freshEmail();
  assert.match((await browser.answer("GET", `${emailPage}?session=${session}`)).text, /type="email"/);
  const sent = await browser.submit(emailPage, { session, address: email });
  assert.match(sent.text, new RegExp(`A mail was sent to ${email}[^]*I have confirmed`));
  const early = await browser.submit(emailPage, fieldsOf(sent));
  assert.equal(early.status, 401);
  assert.match(early.text, /role="alert">The address is not confirmed[^]*I have confirmed/);
  assert.equal((await goOn()).status, 401);
  const link = new URL((await mails.mailTo(email)).link);
  await browser.submit(link.pathname, Object.fromEntries(link.searchParams));
  assert.match((await browser.submit(emailPage, fieldsOf(early))).text, /<h1>Done</);
  assert.deepEqual(await identifiersOf(homeserver, await goOn()), [["email", email]]);
});

it("a mail that did not come is sent again, with the same link", async (homeserver) => {
  const { browser, session } = await begin(homeserver);
  const email = freshEmail();
  const sent = await browser.submit(emailPage, { session, address: email });
  const again = await browser.submit(emailPage, { ...fieldsOf(sent), again: "yes" });
  assert.equal(fieldsOf(again)["attempt"], "2");
  const links = mails.mails.filter(({ to }) => to.includes(email)).map(({ link }) => pathOf(link));
  assert.equal(links.length, 2);
  assert.equal(links[0], links[1]);
});

it("a telephone number is confirmed by the code that is typed into the page", async (homeserver) => {
  const { browser, session, goOn } = await begin(homeserver);
  const number = `+44 7700 9${String(Date.now()).slice(-5)}`;
  assert.match((await browser.answer("GET", `${phonePage}?session=${session}`)).text, /type="tel"/);
  const sent = await browser.submit(phonePage, { session, address: number });
  assert.match(sent.text, /name="code"/);
  const wrong = await browser.submit(phonePage, { ...fieldsOf(sent), code: "wrong" });
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, /role="alert">The code is wrong[^]*name="code"/);
  const code = /\d{6}/.exec(JSON.parse(gateway.messages.at(-1)?.body ?? "{}").text)?.[0] ?? "";
  assert.match((await browser.submit(phonePage, { ...fieldsOf(wrong), code: ` ${code} ` })).text, /<h1>Done</);
  assert.deepEqual(await identifiersOf(homeserver, await goOn()), [["msisdn", number.replaceAll(/[+ ]/g, "")]]);
});

it("what is no address is asked for again, as it was written", async (homeserver) => {
  const { browser, session } = await begin(homeserver);
  const email = await browser.submit(emailPage, { session, address: 'no "address"' });
  assert.equal(email.status, 400);
  assert.match(email.text, /role="alert">This is not an e-mail address[^]*value="no &quot;address&quot;"/);
  const phone = await browser.submit(phonePage, { session, address: "020 7946 0000" });
  assert.equal(phone.status, 400);
  assert.match(phone.text, /role="alert">This is not a telephone number[^]*type="tel"/);
});

it("the session of one registration does not confirm an address for another", async (homeserver) => {
  const { browser, session } = await begin(homeserver);
  const email = freshEmail();
  const sent = fieldsOf(await browser.submit(emailPage, { session, address: email }));
  const link = new URL((await mails.mailTo(email)).link);
  await browser.submit(link.pathname, Object.fromEntries(link.searchParams));
  const stolen = await browser.submit(emailPage, { ...sent, secret: "x".repeat(32) });
  assert.equal(stolen.status, 401);
  assert.match(stolen.text, /role="alert"/);
});

itLimited("mails that pages send are limited as those that clients ask for", async (homeserver) => {
  const { browser, session } = await begin(homeserver);
  assert.equal((await browser.submit(emailPage, { session, address: freshEmail() })).status, 200);
  const address = freshEmail();
  const refused = await browser.submit(emailPage, { session, address });
  assert.equal(refused.status, 429);
  assert.match(refused.text, /role="alert"[^]*type="email"/);
  assert.ok(!mails.mails.some(({ to }) => to.includes(address)));
});
