/**
 * Runs the test files that its arguments name in this one process: starting a process and loading the server costs more
 * than most test files do.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./static-checks.ts";

for (const file of process.argv.slice(2)) await import(pathToFileURL(join(root, file)).href);
