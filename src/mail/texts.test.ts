import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createTranslations, fill, readTexts, type TextsByLanguage } from "./texts.ts";

async function reading(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), "heddle-texts-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const problems: string[] = [];
    const texts: TextsByLanguage = readTexts(folder, (message) => problems.push(message));
    return { texts, problems };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

const none = (message: string): void => assert.fail(message);

test("both languages put in the same", () => {
  const [english, german] = [readTexts(undefined, none).get("en"), readTexts(undefined, none).get("de")];
  for (const [key, text] of Object.entries(english ?? {})) {
    const other = Object.entries(german ?? {}).find(([name]) => name === key)?.[1] ?? "";
    assert.deepEqual(placeholders(other), placeholders(text), key);
  }
});

test("people get the language that they ask for, or one near it, or the configured one", () => {
  const translations = createTranslations(readTexts(undefined, none), "de");
  const subject = (header?: string) => translations.for(header)["page.confirmed.title"];
  assert.equal(subject("en"), "Confirmed");
  assert.equal(subject("fr-FR, en-GB;q=0.8, de;q=0.5"), "Confirmed");
  assert.equal(subject("en;q=0.1, de-AT"), "Bestätigt");
  assert.equal(subject("en;q=0, xx"), "Bestätigt");
  assert.equal(subject(undefined), "Bestätigt");
});

test("an operator changes single texts and adds languages, the rest is English", async () => {
  const { texts, problems } = await reading({
    "en.yaml": "page.confirmed.title: Done\n",
    "fr.json": '{"page.confirmed.title": "Confirmé"}',
    "notes.txt": "not a language",
  });
  assert.deepEqual(problems, []);
  assert.equal(texts.get("en")?.["page.confirmed.title"], "Done");
  assert.equal(texts.get("fr")?.["page.confirmed.title"], "Confirmé");
  assert.equal(texts.get("fr")?.["sms.no_account"], "No account on {service} has this number.");
});

test("what an operator got wrong is told by file and key", async () => {
  const { problems } = await reading({
    "de.yaml": "page.confirmed.titel: Fertig\npage.confirmed.title: 7\nsms.add: '{code} {link}'\n",
  });
  assert.deepEqual(problems, [
    "de.yaml: page.confirmed.titel is no text that there is",
    "de.yaml: page.confirmed.title must be a text",
    "de.yaml: sms.add has no {link} that could be put in",
  ]);
  const missing: string[] = [];
  readTexts("/nowhere/at/all", (message) => missing.push(message));
  assert.match(missing.join(), /cannot be read/);
});

test("what is put in is not looked at again", () => {
  assert.equal(fill("{a} {b} {c}", { a: "{b}", b: "$&" }), "{b} $& {c}");
});
