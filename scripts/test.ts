/**
 * `npm test`: the checks and every test, on SQLite and on a real PostgreSQL, which one server for the whole run provides.
 * `HEDDLE_TEST_POSTGRES` names a server that is there already. Arguments are test files to run instead of all.
 */
import { availableParallelism, tmpdir } from "node:os";
import { startPostgres } from "../test/support/postgres.ts";
import { temporaryFilesInMemory } from "./memory-folder.ts";
import { runStaticChecks } from "./static-checks.ts";
import { type Counts, findTests, inGroups, runTests, summarise } from "./test-run.ts";

/** Suites of whole servers, clients and killed processes: several at once would starve each other, so one runs at a time. */
const heavyFolders = ["test/clients/", "test/failure/", "test/pages/", "test/federation/", "test/simulation/"];

/** So many files beside the code share a process, and a PostgreSQL connection pool each. */
const GROUP = 10;

const chosen = process.argv.slice(2);
const checksPassed = chosen.length > 0 || (await runStaticChecks());
process.exit(summarise(await runAll(), checksPassed));

async function runAll(): Promise<Counts> {
  // How long a disk takes belongs to what the heavy suites test; the others, and their PostgreSQL, need none.
  const disk = tmpdir();
  await using stack = new AsyncDisposableStack();
  stack.use(temporaryFilesInMemory());
  const postgres = stack.use(await startPostgres());
  process.env["HEDDLE_TEST_POSTGRES"] = postgres.url;
  const files = chosen.length > 0 ? chosen : [...findTests("src/**/*.test.ts"), ...findTests("test/**/*.test.ts")];
  const [beside, apart] = partition(files, (file) => file.startsWith("src/"));
  const [heavyOnes, lightOnes] = partition(apart, isHeavy);
  const heavy = heavyOnes.map((file) => ({ files: [file], folder: disk }));
  // Those outside src/ are few and long: begun last, one of them would run on alone.
  const light = [...lightOnes.map((file) => ({ files: [file] })), ...inGroups(beside, GROUP)];
  return await runTests({ heavy, light }, availableParallelism());
}

function partition(files: readonly string[], holds: (file: string) => boolean): [string[], string[]] {
  return [files.filter(holds), files.filter((file) => !holds(file))];
}

function isHeavy(file: string): boolean {
  return heavyFolders.some((folder) => file.startsWith(folder));
}
