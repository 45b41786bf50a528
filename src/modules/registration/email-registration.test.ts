import assert from "node:assert/strict";
import { after } from "node:test";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";
import { TestMailServer } from "../../../test/support/mail-server.ts";
import { emailConfig, freshEmail, pathOf, requestEmail } from "../third-party-identifiers/testing.ts";

const mails = await TestMailServer.start({ refuses: [] });
after(async () => await mails[Symbol.asyncDispose]());

const it = homeserverTests({
  public_base_url: "https://matrix.test.example",
  email: emailConfig(mails),
  registration: {
    mode: "open",
    flows: [["m.login.email.identity"], ["m.login.registration_token"]],
    tokens: ["sesame"],
  },
});

let count = 0;

/** A new account's wishes, and the credentials of an address that its mail may confirm. */
async function begin(homeserver: TestHomeserver, email: string) {
  const client = homeserver.anonymous();
  const wishes = { username: `mailed${process.pid}n${++count}`, password: "correct horse" };
  const credentials = await requestEmail(client, "register", { email });
  const ask = async (auth?: object) => await client.answer("POST", "register", { ...wishes, auth });
  const session = (await ask()).json()["session"];
  const auth = { session, type: "m.login.email.identity", threepid_creds: credentials };
  const confirm = async () => {
    const [page = "", query] = pathOf((await mails.mailTo(email)).link).split("?");
    assert.equal((await homeserver.browse(page, Object.fromEntries(new URLSearchParams(query)))).status, 200);
  };
  return { name: wishes.username, ask, auth, confirm };
}

it("an account made with an address has the address", async (homeserver) => {
  const email = freshEmail();
  const { ask, auth, confirm } = await begin(homeserver, email);
  const early = await ask(auth);
  assert.deepEqual([early.status, early.json()["completed"]], [401, []]);
  await confirm();
  const done = await ask(auth);
  assert.equal(done.status, 200);
  const user = homeserver.withToken(String(done.json()["access_token"]));
  const { threepids } = await user.get<{ threepids: Record<string, unknown>[] }>("account/3pid");
  assert.deepEqual(
    threepids.map(({ medium, address }) => [medium, address]),
    [["email", email]],
  );
});

it("an address that became somebody's meanwhile makes no account", async (homeserver) => {
  const email = freshEmail();
  const slow = await begin(homeserver, email);
  await slow.confirm();
  const fast = await begin(homeserver, email);
  await fast.confirm();
  const { session, type, threepid_creds: credentials } = slow.auth;
  // Its stage is complete while the address is nobody's.
  const page = `/_matrix/client/v3/auth/${type}/fallback/web`;
  const fields = { session: String(session), address: email, sid: credentials.sid, secret: credentials.client_secret };
  assert.match((await homeserver.anonymous().submit(page, fields)).text, /<h1>Done</);
  assert.equal((await fast.ask(fast.auth)).status, 200);
  const refused = await slow.ask({ session });
  assert.deepEqual([refused.status, refused.json()["errcode"]], [400, "M_THREEPID_IN_USE"]);
  assert.equal((await homeserver.anonymous().answer("GET", `register/available?username=${slow.name}`)).status, 200);
});

it("a token is asked about where one of the flows takes tokens", async (homeserver) => {
  const validity = "/_matrix/client/v1/register/m.login.registration_token/validity";
  const answer = await homeserver.anonymous().answer("GET", `${validity}?token=sesame`);
  assert.deepEqual([answer.status, answer.json()], [200, { valid: true }]);
});
