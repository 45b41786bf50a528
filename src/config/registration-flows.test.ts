import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "./parse.ts";
import { ConfigError } from "./problem.ts";

const parse = (keys: object) =>
  parseConfig(JSON.stringify({ server_name: "a.b", ...keys }), { file: "h.yaml", folder: "/", environment: {} });

function problemsOf(keys: object): readonly string[] {
  try {
    parse(keys);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ key, message }) => `${key}: ${message}`);
    throw error;
  }
}

const translations = [{ language: "en", name: "Terms", url: "https://example.org/terms" }];
const terms = { policies: [{ id: "terms", version: "1", translations }] };

test("flows of registration ask for what there is alone", () => {
  const flows = [["m.login.recaptcha", "m.login.terms", "m.login.email.identity", "m.login.msisdn"]];
  const problems = problemsOf({ registration: { mode: "open", flows } });
  assert.deepEqual(
    problems.map((problem) => problem.replace("registration.flows", "")),
    [
      "[0][0]: needs the keys of `captcha`",
      "[0][1]: needs policies of `terms`",
      "[0][2]: needs a mail server (`email.smtp_url`)",
      "[0][3]: needs an SMS gateway (`sms.url`)",
    ],
  );
  assert.deepEqual(problemsOf({ registration: { mode: "open", flows: [["m.login.terms"]] }, terms }), []);
});

test("by token means that every flow asks for the token", () => {
  const flows = [["m.login.registration_token"], ["m.login.dummy"]];
  assert.match(problemsOf({ registration: { mode: "token", flows } })[0] ?? "", /lacks `m.login.registration_token`/);
});

test("a captcha needs both of its keys", () => {
  assert.match(problemsOf({ captcha: { public_key: "p" } })[0] ?? "", /^captcha\.public_key: needs the other key/);
  assert.equal(parse({}).captcha.service, undefined);
});

test("policies are told apart, and their translations lead somewhere", () => {
  assert.deepEqual(parse({ terms }).terms.policies, {
    terms: { version: "1", translations: { en: { name: "Terms", url: "https://example.org/terms" } } },
  });
  const twice = { policies: [...terms.policies, ...terms.policies] };
  assert.match(problemsOf({ terms: twice })[0] ?? "", /id: stands twice/);
  const script = { policies: [{ id: "t", version: "1", translations: [{ ...translations[0], url: "javascript:x" }] }] };
  assert.match(problemsOf({ terms: script })[0] ?? "", /https:\/\/ URL/);
});
