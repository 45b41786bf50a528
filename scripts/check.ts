/**
 * `npm run check`: the inner loop. Types, lint, format, boundaries, the unit tests of all parts below the modules, and the
 * tests of the modules that have uncommitted changes, on SQLite alone. `--all`: those of all modules. `npm test` runs
 * everything, on PostgreSQL too.
 */
import { availableParallelism } from "node:os";
import { changedModules } from "./changed-modules.ts";
import { runStaticChecks } from "./static-checks.ts";
import { findTests, inGroups, runTests, summarise } from "./test-run.ts";

/** So many files share a process. */
const GROUP = 30;

process.env["HEDDLE_TEST_DATABASES"] = "sqlite";
const changed = process.argv.includes("--all") ? undefined : changedModules();
const tests = findTests("src/**/*.test.ts").filter((file) => isWanted(file));
const [checksPassed, counts] = await Promise.all([
  runStaticChecks(),
  runTests({ heavy: [], light: inGroups([...tests, "test/boundaries.test.ts"], GROUP) }, availableParallelism()),
]);
if (changed) process.stdout.write(`modules: ${changed.join(", ") || "none changed"} (all of them with --all)\n`);
process.exit(summarise(counts, checksPassed));

function isWanted(file: string): boolean {
  const [, name] = /^src\/modules\/([^/]+)\//.exec(file) ?? [];
  return name === undefined || changed === undefined || changed.includes(name);
}
