/**
 * `npm run check`: the inner loop. Types, lint, format, boundaries and the tests beside the code, on SQLite alone:
 * `npm test` runs them on PostgreSQL too.
 */
import { availableParallelism } from "node:os";
import { runStaticChecks } from "./static-checks.ts";
import { findTests, inGroups, runTests, summarise } from "./test-run.ts";

/** So many files share a process. */
const GROUP = 20;

process.env["HEDDLE_TEST_DATABASES"] = "sqlite";
const files = [...findTests("src/**/*.test.ts"), "test/boundaries.test.ts"];
const [checksPassed, counts] = await Promise.all([
  runStaticChecks(),
  runTests(inGroups(files, GROUP), availableParallelism()),
]);
process.exit(summarise(counts, checksPassed));
