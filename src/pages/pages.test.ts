import assert from "node:assert/strict";
import { test } from "node:test";
import { html } from "./html.ts";
import { errorPage, pageAnswer, webAddress } from "./page.ts";

const hostile = `"><script>alert('1')</script>&`;

test("text is escaped, wherever it stands", () => {
  const escaped = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;";
  assert.equal(html`<p title="${hostile}">${hostile}</p>`.text, `<p title="${escaped}">${escaped}</p>`);
  assert.equal(
    html`<ul>${["<a>", "b"].map((item) => html`<li>${item}</li>`)}</ul>`.text,
    "<ul><li>&lt;a&gt;</li><li>b</li></ul>",
  );
  assert.equal(html`${undefined}${false}${0}`.text, "0");
});

test("a page lets nothing run but its own script, by its hash", () => {
  const script = "document.title = 'x';";
  const answer = pageAnswer({ title: hostile, main: html`<p>hello</p>`, script, data: { name: "</script>" } });
  const policy = answer.headers["content-security-policy"] ?? "";
  assert.match(policy, /script-src 'sha256-[\w+/]+=*';/);
  assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/);
  assert.ok(typeof answer.body === "string");
  assert.equal(answer.body.match(/<script/g)?.length, 2);
  assert.equal(answer.body.match(/<\/script/g)?.length, 2);
  assert.match(pageAnswer({ title: "t", main: "" }).headers["content-security-policy"] ?? "", /script-src 'none'/);
});

const policyOf = (asksServer: boolean) =>
  pageAnswer({ title: "t", main: "", asksServer }).headers["content-security-policy"] ?? "";

test("a page asks this server when it says so, and nobody else", () => {
  assert.match(policyOf(true), /connect-src 'self';/);
  assert.match(policyOf(false), /connect-src 'none';/);
});

test("an error page has its status and says what is wrong", () => {
  const answer = errorPage(404, "Not found", "There is <nothing> here");
  assert.equal(answer.status, 404);
  assert.ok(typeof answer.body === "string");
  assert.match(answer.body, /<h1>Not found<\/h1>[^]*There is &lt;nothing&gt; here/);
});

test("what is no address of the web is no link", () => {
  assert.equal(webAddress("https://example.org/a?b=c"), "https://example.org/a?b=c");
  for (const text of ["javascript:alert(1)", "data:text/html,x", "//example.org", "no address", "ftp://example.org/"]) {
    assert.equal(webAddress(text), undefined, text);
  }
});
