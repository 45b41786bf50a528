#!/usr/bin/env node
// Runs dist/ (the npm package) or src/ (a clone). Node older than 26 hands over to the Node that is a dependency.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const dist = new URL("../dist/cli/main.js", import.meta.url);
const main = existsSync(dist) ? dist : new URL("../src/cli/main.ts", import.meta.url);
const { runWithRecentNode, isRecentNode } = await import("./recent-node.js");
if (isRecentNode()) {
  // Kept beside the dependencies, so that the next start need not read TypeScript again: a third less work.
  const { enableCompileCache } = await import("node:module");
  if (main !== dist) {
    const directory = fileURLToPath(new URL("../node_modules/.cache/heddle", import.meta.url));
    enableCompileCache(directory);
    // Threads have caches of their own, and find the folder here.
    process.env.NODE_COMPILE_CACHE ??= directory;
  }
  await import(main.href);
} else runWithRecentNode([fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
