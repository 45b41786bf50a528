import assert from "node:assert/strict";
import { test } from "node:test";
import { plainLayout, writeLetter } from "./letter.ts";

const parts = {
  subject: "A & B",
  body: "One <b>\n\nTwo",
  link: { label: "Go > on", url: "https://a.example/?x=1&y=2" },
  footer: "Below",
};

test("text and HTML say the same, and HTML is escaped", () => {
  const { subject, text, html } = writeLetter(parts, plainLayout);
  assert.equal(subject, "A & B");
  assert.equal(text, "One <b>\n\nTwo\n\nhttps://a.example/?x=1&y=2\n\nBelow\n");
  assert.ok(html.includes("<p>One &lt;b&gt;</p>\n<p>Two</p>"));
  assert.ok(html.includes('href="https://a.example/?x=1&amp;y=2"'));
  assert.ok(html.includes("Go &gt; on"));
  assert.ok(html.includes("<title>A &amp; B</title>"));
});

test("a layout of the operator's frames the mail, and nothing in the mail is taken for its placeholders", () => {
  const { html } = writeLetter({ subject: "S", body: "{title} {content}" }, "<i>{title}</i>{content}");
  assert.equal(html, "<i>S</i><p>{title} {content}</p>");
});
