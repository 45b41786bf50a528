/** Results of conformance tests: tables of tab-separated values, as SyTest's runner writes them and as they are kept here. */

/** How one test ended, or that it has not been run since it is known. */
export type Outcome = "pass" | "fail" | "skip" | "not run";

/** A test of SyTest and its last result. */
export type Result = {
  /** As SyTest names it: `tests/31sync/03joined.pl`. */
  readonly file: string;
  readonly test: string;
  /** What the test asks for: `spec` is the specification, anything else is not. */
  readonly kind: string;
  readonly outcome: Outcome;
  /** Why it was skipped; empty otherwise, since failures name ports and IDs that change with each run. */
  readonly note: string;
};

type Line = Readonly<Record<string, string>>;

const columns = ["file", "test", "kind", "outcome", "note"] as const;

/** Reads a table whose first line names the columns. Lines that begin with `#` and empty ones do not count. */
export function parseTable(text: string): Line[] {
  const [names = [], ...rows] = text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t"));
  return rows.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ""])));
}

/** Reads the results that are kept here. */
export function parseResults(text: string): Result[] {
  return parseTable(text).map((line) => ({ ...testOf(line), outcome: outcomeOf(line["outcome"]), note: noteOf(line) }));
}

/** The text of which `parseResults` makes the same results. */
export function formatResults(results: readonly Result[]): string {
  const lines = results.map((result) => columns.map((name) => result[name]).join("\t"));
  return `${[columns.join("\t"), ...lines].join("\n")}\n`;
}

/**
 * What is known after a run: every test of the baseline, with the run's result, or with the one known before.
 *
 * @param baseline text of the table that says of each test which kind it is
 * @param run text of the run's table, which may hold a part of the tests only
 */
export function mergeRun(known: readonly Result[], baseline: string, run: string): Result[] {
  const before = byTest(known.map((result) => [result, result]));
  const now = byTest(
    parseTable(run).map((line) => [testOf(line), { outcome: outcomeOf(line["result"]), note: noteOf(line) }]),
  );
  const tests = byTest(parseTable(baseline).map((line) => [testOf(line), testOf(line)]));
  return [...tests].map(([key, test]) => {
    const { outcome = "not run", note = "" } = now.get(key) ?? before.get(key) ?? {};
    return { ...test, outcome, note: outcome === "skip" ? note : "" };
  });
}

/** A few names occur twice in a file: the second is another test than the first. */
function byTest<T>(pairs: readonly (readonly [{ file: string; test: string }, T])[]): Map<string, T> {
  const found = new Map<string, T>();
  for (const [{ file, test }, value] of pairs) {
    let key = `${file}\t${test}`;
    while (found.has(key)) key += " (again)";
    found.set(key, value);
  }
  return found;
}

const testOf = ({ file = "", test = "", kind = "" }: Line) => ({ file, test, kind });

const noteOf = ({ reason = "", note = "" }: Line): string => reason || note;

function outcomeOf(text = ""): Outcome {
  if (/pass/i.test(text)) return "pass";
  if (/fail/i.test(text)) return "fail";
  return /skip/i.test(text) ? "skip" : "not run";
}
