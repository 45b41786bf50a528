/**
 * `test-group.ts FOLDER FILE…` runs test files in this one process, with their temporary files in the folder (empty: where
 * the system has them): starting a process and loading the server costs more
 * than most test files do. Each file is a suite, so that what it opens is closed when its own tests are over.
 */
import { join } from "node:path";
import { describe } from "node:test";
import { pathToFileURL } from "node:url";
import { root } from "./static-checks.ts";

const [folder = "", ...files] = process.argv.slice(2);
if (folder !== "") process.env["TMPDIR"] = folder;
for (const file of files) {
  describe(file, async () => {
    await import(pathToFileURL(join(root, file)).href);
  });
}
