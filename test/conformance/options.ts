import { parseArgs } from "node:util";

/** What the command line asks for. */
export type Options = {
  /** A checkout of SyTest; `undefined`: nothing is run. */
  readonly sytest: string | undefined;
  /** The folder of the runner: `run` and the baselines. */
  readonly runner: string;
  /** Where logs and servers' folders go; `undefined`: where the runner likes. */
  readonly out: string | undefined;
  readonly timeoutFactor: string;
  /** Results of earlier runs to take in. */
  readonly resultFiles: readonly string[];
  /** Beginnings of test files without `tests/`; none: all. */
  readonly prefixes: readonly string[];
};

/** The text that a wrong command line is answered with. */
export const USAGE = `usage: npm run conformance -- [--sytest DIR] [OPTION…] [PREFIX…]

Runs SyTest, takes in the results, and writes docs/conformance.md.

  --sytest DIR          a checkout of SyTest; without one nothing is run
  --runner DIR          the folder of its runner (default ../shared/conformance/sytest)
  --results FILE        results.tsv of a run that was done before; may be repeated
  --out DIR             where logs go, and the folders of the servers
  --timeout-factor N    multiplies SyTest's time limits, for a busy machine (default 1)
  PREFIX                only test files that begin so: 30rooms, 31sync/03, 13logout`;

/** Throws an error with a message for the user when something does not fit. */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      sytest: { type: "string" },
      runner: { type: "string", default: "../shared/conformance/sytest" },
      results: { type: "string", multiple: true, default: [] },
      out: { type: "string" },
      "timeout-factor": { type: "string", default: "1" },
    },
  });
  if (values.sytest === undefined && positionals.length > 0) throw new Error("which tests to run needs --sytest");
  return {
    sytest: values.sytest,
    runner: values.runner,
    out: values.out,
    timeoutFactor: values["timeout-factor"],
    resultFiles: values.results,
    prefixes: positionals.map((prefix) => prefix.replace(/^tests\//, "")),
  };
}
