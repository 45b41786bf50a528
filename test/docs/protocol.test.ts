import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "../..");
const library = pathToFileURL(join(root, "src/protocol/index.ts")).href;
const folder = mkdtempSync(join(tmpdir(), "heddle-docs-"));
after(() => rmSync(folder, { recursive: true }));

interface Example {
  readonly heading: string;
  readonly code: string;
}

/** The blocks of TypeScript, with the heading under which each stands. */
function examplesOf(markdown: string): readonly Example[] {
  return markdown.split(/^## /m).flatMap((section) => {
    const heading = section.slice(0, section.indexOf("\n"));
    return Array.from(section.matchAll(/^```ts\n(.*?)^```/gms), ([, code = ""]) => ({ heading, code }));
  });
}

const [shared, ...examples] = examplesOf(readFileSync(join(root, "docs/protocol.md"), "utf8"));

test("the page has its shared import and an example for every part", () => {
  assert.match(shared?.code ?? "", /^import assert/);
  assert.ok(examples.length >= 8);
});

for (const [index, { heading, code }] of examples.entries()) {
  test(`example ${index + 1} of the page does what it says: ${heading}`, async () => {
    const file = join(folder, `example-${index}.mts`);
    writeFileSync(file, `${shared?.code ?? ""}${code.replaceAll('"heddle/protocol"', JSON.stringify(library))}`);
    await import(pathToFileURL(file).href);
  });
}
