import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createProgram } from "../../src/cli/program.ts";
import { parseConfig } from "../../src/config/parse.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/accounts.md"), "utf8");

const environment = Object.fromEntries(
  Array.from(page.matchAll(/\$\{([A-Z_]+)\}/g), ([, name = ""]) => [name, "secret"]),
);

test("every example of a configuration is one", () => {
  const examples = Array.from(page.matchAll(/^```yaml\n(.*?)^```/gms), ([, text = ""]) => text);
  assert.ok(examples.length >= 8);
  for (const text of examples) assert.doesNotThrow(() => parseConfig(text, { file: "docs", folder: "/", environment }));
});

test("the commands of accounts are all there are", () => {
  const user = createProgram().commands.find((command) => command.name() === "user");
  const shown = new Set(Array.from(page.matchAll(/`([a-z-]+)(?: NAME[^`]*)?`(?=[^|]*\|)/g), ([, name]) => name));
  const missing = user?.commands
    .map((command) => command.name())
    .filter((name) => name !== "create" && !shown.has(name));
  assert.deepEqual(missing, []);
});
