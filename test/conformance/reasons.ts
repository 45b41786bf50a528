import { parseTable, type Result } from "./results.ts";
import { shortName } from "./areas.ts";

/** Why tests do not pass. */
export interface Reasons {
  /** `undefined`: nobody has looked at the test yet. */
  of(result: Result): string | undefined;
  /** Those that explain no failure any more, as `file: test`. */
  stale(results: readonly Result[]): string[];
}

/** @param text a table of `file`, `test` (`*` for all of the file) and `reason` */
export function parseReasons(text: string): Reasons {
  const lines = parseTable(text).map(({ file = "", test = "", reason = "" }) => ({ file, test, reason }));
  return {
    of(result) {
      const known = lines.filter((line) => explains(line, result));
      const best = known.find(({ test }) => test !== "*") ?? known[0];
      return best?.reason ?? (result.note === "" ? undefined : `skipped: ${result.note}`);
    },
    stale(results) {
      const open = results.filter(({ outcome }) => outcome === "fail" || outcome === "skip");
      const unused = lines.filter((line) => !open.some((result) => explains(line, result)));
      return unused.map(({ file, test }) => `${file}: ${test}`);
    },
  };
}

const explains = (line: { readonly file: string; readonly test: string }, { file, test }: Result): boolean =>
  line.file === shortName(file) && (line.test === "*" || line.test === test);
