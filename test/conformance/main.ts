/** `npm run conformance`: runs SyTest against Heddle and writes what came of it into `docs/conformance.md`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { root } from "../support/source-files.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { reasonsFile, remarksFile, renderConformancePage, resultsFile } from "./page.ts";
import { parseReasons } from "./reasons.ts";
import { parseRemarks, staleRemarks } from "./remarks.ts";
import { formatResults, mergeRun, parseResults } from "./results.ts";
import { runSytest } from "./sytest-run.ts";

const options = readOptions();
if (options === undefined) process.exit(64);
const runs = [...options.resultFiles];
if (options.sytest !== undefined) runs.push(runSytest(options.sytest, options));
takeIn(runs, options.runner);

function readOptions(): Options | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    return undefined;
  }
}

/** Keeps the runs' results, and writes the page anew. */
function takeIn(files: readonly string[], runner: string): void {
  let results = existsSync(resultsFile) ? parseResults(readFileSync(resultsFile, "utf8")) : [];
  if (files.length > 0) {
    const baseline = readFileSync(resolve(runner, "baseline-synapse.tsv"), "utf8");
    for (const file of files) results = mergeRun(results, baseline, readFileSync(file, "utf8"));
    writeFileSync(resultsFile, formatResults(results));
  }
  writeFileSync(join(root, "docs/conformance.md"), renderConformancePage());
  const spec = results.filter(({ kind }) => kind === "spec");
  const passed = spec.filter(({ outcome }) => outcome === "pass");
  process.stdout.write(
    `docs/conformance.md: written; ${passed.length} of ${spec.length} tests of the specification pass\n`,
  );
  for (const line of parseReasons(readFileSync(reasonsFile, "utf8")).stale(results)) {
    process.stdout.write(`reasons.tsv explains nothing that fails: ${line}\n`);
  }
  for (const line of staleRemarks(parseRemarks(readFileSync(remarksFile, "utf8")), results)) {
    process.stdout.write(`remarks.tsv is about nothing that passes: ${line}\n`);
  }
}
