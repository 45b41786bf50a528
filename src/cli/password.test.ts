import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CommandError } from "./failure.ts";
import { generatePassword, readPassword } from "./password.ts";

test("generated passwords are four groups of five and never the same", () => {
  assert.match(generatePassword(), /^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  assert.notEqual(generatePassword(), generatePassword());
});

test("a password is the first line of its file, spaces included", async () => {
  const folder = await mkdtemp(join(tmpdir(), "heddle-"));
  const file = join(folder, "password");
  await writeFile(file, " a long one \r\nnot this\n");
  assert.equal(await readPassword(file, 8), " a long one ");
  await assert.rejects(
    readPassword(file, 20),
    new CommandError("the password must have at least 20 characters (passwords.minimum_length)"),
  );
  await rm(folder, { recursive: true });
});
