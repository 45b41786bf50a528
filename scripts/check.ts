/** `npm run check`: what takes seconds. Types, lint, format, boundaries and the tests beside the code. */
import { availableParallelism } from "node:os";
import { runStaticChecks } from "./static-checks.ts";
import { findTests, runTests, summarise } from "./test-run.ts";

const checksPassed = await runStaticChecks();
const files = [...findTests("src/**/*.test.ts"), "test/boundaries.test.ts"];
const counts = await runTests(files, availableParallelism());
process.exit(summarise(counts, checksPassed));
