import { shortName } from "./areas.ts";
import { parseTable, type Result } from "./results.ts";

/** Why a test that passes shows less than its name says. */
export interface Remark {
  readonly file: string;
  readonly test: string;
  readonly remark: string;
}

/** @param text a table of `file`, `test` and `remark` */
export const parseRemarks = (text: string): Remark[] =>
  parseTable(text).map(({ file = "", test = "", remark = "" }) => ({ file, test, remark }));

/** Whether a remark is about the test of a result. */
export const isAbout = ({ file, test }: Remark, result: Result): boolean =>
  file === shortName(result.file) && test === result.test;

/** The remarks that are about no test that passes, as `file: test`. */
export const staleRemarks = (remarks: readonly Remark[], results: readonly Result[]): string[] => {
  const passed = results.filter(({ outcome }) => outcome === "pass");
  const stale = remarks.filter((remark) => !passed.some((result) => isAbout(remark, result)));
  return stale.map(({ file, test }) => `${file}: ${test}`);
};
