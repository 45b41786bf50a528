/**
 * Runs the test files that its arguments name in this one process: starting a process and loading the server costs more
 * than most test files do. Each file is a suite, so that what it opens is closed when its own tests are over.
 */
import { join } from "node:path";
import { describe } from "node:test";
import { pathToFileURL } from "node:url";
import { root } from "./static-checks.ts";

for (const file of process.argv.slice(2)) {
  describe(file, async () => {
    await import(pathToFileURL(join(root, file)).href);
  });
}
