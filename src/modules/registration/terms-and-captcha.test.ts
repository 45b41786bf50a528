import assert from "node:assert/strict";
import { after } from "node:test";
import { humanAnswer, startCaptchaService } from "../../../test/support/captcha-service.ts";
import { homeserverTests, type TestHomeserver } from "../../../test/support/homeserver.ts";

const captcha = await startCaptchaService();
after(() => captcha.close());

const it = homeserverTests({
  captcha: captcha.section,
  terms: {
    policies: [
      {
        id: "privacy",
        version: "1.2",
        translations: [
          { language: "en", name: "Privacy <policy>", url: "https://example.org/privacy" },
          { language: "de", name: "Datenschutz", url: "https://example.org/datenschutz" },
        ],
      },
    ],
  },
});

let count = 0;

/** A registration under a new name. */
function registration(homeserver: TestHomeserver) {
  const browser = homeserver.anonymous();
  const wishes = { username: `wished${process.pid}n${++count}`, password: "correct horse" };
  return {
    browser,
    ask: async (auth?: object) => await browser.answer("POST", "register", { ...wishes, auth }),
  };
}

const pageOf = (type: string, session: string): string =>
  `/_matrix/client/v3/auth/${type}/fallback/web?session=${session}`;

it("what is to be answered and accepted is told with the flows, the captcha first", async (homeserver) => {
  const { ask } = registration(homeserver);
  const challenge = (await ask()).json();
  assert.deepEqual(challenge["flows"], [{ stages: ["m.login.recaptcha", "m.login.terms"] }]);
  assert.deepEqual(challenge["params"], {
    "m.login.recaptcha": { public_key: "captcha-site-key" },
    "m.login.terms": {
      policies: {
        privacy: {
          version: "1.2",
          en: { name: "Privacy <policy>", url: "https://example.org/privacy" },
          de: { name: "Datenschutz", url: "https://example.org/datenschutz" },
        },
      },
    },
  });
});

it("a captcha is verified by its service, with the secret key", async (homeserver) => {
  const { ask } = registration(homeserver);
  const session = (await ask()).json()["session"];
  const type = "m.login.recaptcha";
  assert.equal((await ask({ session, type })).json()["errcode"], "M_CAPTCHA_NEEDED");
  const wrong = await ask({ session, type, response: "i-am-a-program" });
  assert.deepEqual([wrong.status, wrong.json()["errcode"], wrong.json()["completed"]], [401, "M_CAPTCHA_INVALID", []]);
  const right = await ask({ session, type, response: humanAnswer });
  assert.deepEqual([right.json()["errcode"], right.json()["completed"]], [undefined, [type]]);
  assert.deepEqual(Object.fromEntries(captcha.asked.at(-1) ?? []), { secret: "captcha-secret", response: humanAnswer });
  const done = await ask({ session, type: "m.login.terms" });
  assert.equal(done.status, 200);
});

it("while the captcha service does not answer nobody passes, and may try again", async (homeserver) => {
  const { ask } = registration(homeserver);
  const session = (await ask()).json()["session"];
  captcha.isOutOfOrder = true;
  const failed = await ask({ session, type: "m.login.recaptcha", response: humanAnswer });
  captcha.isOutOfOrder = false;
  assert.deepEqual([failed.status, failed.json()["completed"]], [401, []]);
  const again = await ask({ session, type: "m.login.recaptcha", response: humanAnswer });
  assert.deepEqual(again.json()["completed"], ["m.login.recaptcha"]);
});

it("both are done on the fallback pages", async (homeserver) => {
  const { browser, ask } = registration(homeserver);
  const session = String((await ask()).json()["session"]);
  const shown = await browser.answer("GET", pageOf("m.login.terms", session));
  assert.match(shown.text, /<a href="https:\/\/example.org\/privacy" hreflang="en"[^]*Privacy &lt;policy&gt;/);
  const drawn = await browser.answer("GET", pageOf("m.login.recaptcha", session));
  assert.match(String(drawn.headers["content-security-policy"]), new RegExp(`script-src [^;]*${captcha.origin}`));
  const send = async (type: string, fields: Record<string, string>) =>
    await browser.submit(pageOf(type, session), { session, ...fields });
  assert.match((await send("m.login.recaptcha", {})).text, /role="alert"/);
  assert.match((await send("m.login.recaptcha", { "g-recaptcha-response": humanAnswer })).text, /<h1>Done</);
  assert.match((await send("m.login.terms", {})).text, /<h1>Done</);
  assert.equal((await ask({ session })).status, 200);
});
