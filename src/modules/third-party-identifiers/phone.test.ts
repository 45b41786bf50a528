import assert from "node:assert/strict";
import { after } from "node:test";
import { refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { TestSmsGateway } from "../../../test/support/sms-gateway.ts";
import { freshSecret, pathOf } from "./testing.ts";
import { MAX_GUESSES } from "./validations.ts";

const gateway = await TestSmsGateway.start();
after(async () => await gateway[Symbol.asyncDispose]());

const homeserverTest = homeserverTests({
  public_base_url: "https://matrix.test.example",
  sms: { url: `${gateway.url}/send?key=1`, headers: ["Authorization: Bearer gateway-key"] },
  third_party_identifiers: { phone_countries: ["GB", "DE"] },
});

const password = "correct horse";
let count = 0;

/** A British number that no other test has, as people write it. */
const freshNumber = (): string => `0770 090 ${String(1000 + ++count)}`;
const msisdnOf = (number: string): string => `44${number.replaceAll(" ", "").slice(1)}`;

interface Asked {
  readonly sid: string;
  readonly client_secret: string;
  readonly submit_url: string;
}

async function requestCode(client: TestClient, folder: string, body: object): Promise<Asked> {
  const client_secret = freshSecret();
  const asked = { client_secret, send_attempt: 1, country: "GB", ...body };
  const { sid, submit_url } = await client.post<Omit<Asked, "client_secret">>(`${folder}/msisdn/requestToken`, asked);
  return { sid, client_secret, submit_url };
}

function newestMessage(): { readonly to: string; readonly text: string } {
  const message: { to: string; text: string } = JSON.parse(gateway.messages.at(-1)?.body ?? "{}");
  return message;
}

const newestCode = (): string => /^\d{6}/.exec(newestMessage().text)?.[0] ?? "";

async function withNumber(client: TestClient, number: string): Promise<void> {
  const { submit_url, ...session } = await requestCode(client, "account/3pid", { phone_number: number });
  await client.post(pathOf(submit_url), { ...session, token: newestCode() });
  const auth = { type: "m.login.password", user: client.userId, password };
  await client.post("account/3pid/add", { ...session, auth });
}

homeserverTest("a number is added by the code that comes by text message", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const number = freshNumber();
  const { submit_url, ...session } = await requestCode(alice, "account/3pid", { phone_number: number });
  const { method, url, headers } = gateway.messages.at(-1) ?? {};
  assert.deepEqual([method, url], ["POST", "/send?key=1"]);
  assert.deepEqual([headers?.authorization, headers?.["content-type"]], ["Bearer gateway-key", "application/json"]);
  assert.equal(newestMessage().to, `+${msisdnOf(number)}`);
  assert.ok(submit_url.startsWith("https://matrix.test.example/"));
  const submit = async (body: object) => await alice.post(pathOf(submit_url), { ...session, ...body });
  const code = newestCode();
  assert.equal(await refusal(submit({ token: code === "000000" ? "000001" : "000000" })), "400 M_TOKEN_INCORRECT");
  assert.equal(await refusal(submit({ token: code, client_secret: freshSecret() })), "400 M_TOKEN_INCORRECT");
  assert.deepEqual(await submit({ token: code }), { success: true });
  const auth = { type: "m.login.password", user: alice.userId, password };
  await alice.post("account/3pid/add", { ...session, auth });
  const { threepids } = await alice.get<{ threepids: { medium: string; address: string }[] }>("account/3pid");
  assert.deepEqual(
    threepids.map(({ medium, address }) => [medium, address]),
    [["msisdn", msisdnOf(number)]],
  );
});

homeserverTest("codes are not guessed: after some guesses the right one is wrong too", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const { submit_url, ...session } = await requestCode(alice, "account/3pid", { phone_number: freshNumber() });
  const code = newestCode();
  const guesses = Array.from({ length: MAX_GUESSES }, async (_none, index) => {
    const token = String((Number(code) + 1 + index) % 1_000_000).padStart(6, "0");
    return await refusal(alice.post(pathOf(submit_url), { ...session, token }));
  });
  assert.deepEqual(new Set(await Promise.all(guesses)), new Set(["400 M_TOKEN_INCORRECT"]));
  const right = alice.post(pathOf(submit_url), { ...session, token: code });
  assert.equal(await refusal(right), "400 M_TOKEN_INCORRECT");
});

homeserverTest("people log in with a number as they write it, and get a new password by it", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const number = freshNumber();
  await withNumber(alice, number);
  const stranger = homeserver.anonymous();
  const login = { type: "m.login.password", password };
  const identifiers = [
    { type: "m.id.phone", country: "GB", phone: number },
    { type: "m.id.phone", country: "DE", phone: `+${msisdnOf(number)}` },
    { type: "m.id.phone", country: "GB", number },
    { type: "m.id.thirdparty", medium: "msisdn", address: msisdnOf(number) },
  ];
  for (const identifier of identifiers) {
    assert.equal((await stranger.post("login", { ...login, identifier }))["user_id"], alice.userId);
  }
  const elsewhere = { type: "m.id.phone", country: "DE", phone: number };
  assert.equal(await refusal(stranger.post("login", { ...login, identifier: elsewhere })), "403 M_FORBIDDEN");
  const { submit_url, ...session } = await requestCode(stranger, "account/password", { phone_number: number });
  await stranger.post(pathOf(submit_url), { ...session, token: newestCode() });
  const auth = { type: "m.login.msisdn", threepid_creds: session };
  await stranger.post("account/password", { new_password: "battery staple", auth });
  const [identifier] = identifiers;
  assert.equal(
    (await stranger.post("login", { ...login, identifier, password: "battery staple" }))["user_id"],
    alice.userId,
  );
});

homeserverTest("what is no number, or of a country that is not taken, is refused", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const ask = async (body: object) => await refusal(requestCode(alice, "account/3pid", body));
  for (const phone_number of ["", "12", "alice", "1".repeat(65), "0770\u0000"]) {
    assert.equal(await ask({ phone_number }), "400 M_INVALID_PARAM", phone_number);
  }
  assert.equal(await ask({ phone_number: "0770 090 0000", country: "XX" }), "400 M_INVALID_PARAM");
  assert.equal(await ask({ phone_number: "201 555 0123", country: "US" }), "403 M_THREEPID_DENIED");
});

homeserverTest(
  "a gateway that does not take the message is told, and the same attempt tries again",
  async (homeserver) => {
    const alice = await homeserver.register("alice");
    const body = { phone_number: freshNumber(), client_secret: freshSecret() };
    gateway.status = 500;
    try {
      assert.equal(await refusal(requestCode(alice, "account/3pid", body)), "400 M_SEND_ERROR");
    } finally {
      gateway.status = 200;
    }
    const sent = gateway.messages.length;
    await requestCode(alice, "account/3pid", body);
    assert.equal(gateway.messages.length, sent + 1);
  },
);

homeserverTest("a stranger is not told that a number has no account; the number is", async (homeserver) => {
  await requestCode(homeserver.anonymous(), "account/password", { phone_number: freshNumber() });
  assert.match(newestMessage().text, /No account on test/);
});
