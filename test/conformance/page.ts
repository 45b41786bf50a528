/** `docs/conformance.md`: what SyTest says of Heddle, made from the results and reasons that are kept beside this file. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { areaOf, areas, groupOf, shortName } from "./areas.ts";
import { parseReasons, type Reasons } from "./reasons.ts";
import { isAbout, parseRemarks, type Remark } from "./remarks.ts";
import { parseResults, type Result } from "./results.ts";

const introduction = `<!-- Made by \`npm run conformance\` from test/conformance/: change that, not this. -->

# Conformance: SyTest

[SyTest](https://github.com/matrix-org/sytest) is a suite that tests homeservers from outside. A part of its tests asks for
what the specification does not ask for (interfaces of one server, proposals, what has been removed); those are counted
apart. A test that was skipped needs what another test has not shown to work.

\`npm run conformance -- --sytest DIR\` runs it and writes this page; [test/conformance](../test/conformance/README.md) says more.
`;

/** The files from which the page is made. */
export const resultsFile = join(import.meta.dirname, "results.tsv");
export const reasonsFile = join(import.meta.dirname, "reasons.tsv");
export const remarksFile = join(import.meta.dirname, "remarks.tsv");

/** The page of the results that are kept. */
export function renderConformancePage(): string {
  return renderPage(parseResults(read(resultsFile)), parseReasons(read(reasonsFile)), parseRemarks(read(remarksFile)));
}

const read = (file: string): string => readFileSync(file, "utf8");

/** The whole page. */
export function renderPage(results: readonly Result[], reasons: Reasons, remarks: readonly Remark[]): string {
  const lists = areas.toReversed().map(({ title }) => renderOpen(title, results, reasons));
  const sections = [...lists, renderRemarks(results, remarks)].filter((section) => section !== "");
  return [introduction, renderFigures(results), ...sections].join("\n");
}

function renderFigures(results: readonly Result[]): string {
  const groups = [...new Set(results.map(({ file }) => groupOf(file)))];
  return [
    "## Figures",
    "",
    "| | of the specification: passed | failed | skipped | not run | of the rest: passed |",
    "| --- | --- | --- | --- | --- | --- |",
    figures("**all**", results),
    ...areas.map(({ title }) =>
      figures(
        title,
        results.filter(({ file }) => areaOf(file) === title),
      ),
    ),
    ...groups.map((group) =>
      figures(
        `\`${group}\``,
        results.filter(({ file }) => groupOf(file) === group),
      ),
    ),
    "",
  ].join("\n");
}

function figures(name: string, results: readonly Result[]): string {
  const spec = results.filter(({ kind }) => kind === "spec");
  const rest = results.filter(({ kind }) => kind !== "spec");
  const open = (["fail", "skip", "not run"] as const).map((outcome) => count(spec, outcome));
  return `| ${[name, outOf(spec), ...open, rest.length === 0 ? "" : outOf(rest)].join(" | ")} |`;
}

/** The tests of one area that ask for the specification and do not pass. */
function renderOpen(title: string, results: readonly Result[], reasons: Reasons): string {
  const open = results.filter(
    ({ file, kind, outcome }) =>
      kind === "spec" && (outcome === "fail" || outcome === "skip") && areaOf(file) === title,
  );
  if (open.length === 0) return "";
  const rows = open.map((result) => {
    const reason = reasons.of(result) ?? "not looked at yet";
    return `| \`${shortName(result.file)}\` | ${cell(result.test)} | ${cell(reason)} |`;
  });
  return [`## ${title}: not passed`, "", "| file | test | why |", "| --- | --- | --- |", ...rows, ""].join("\n");
}

/** The tests that pass and prove little. */
function renderRemarks(results: readonly Result[], remarks: readonly Remark[]): string {
  const passed = results.filter(({ outcome }) => outcome === "pass");
  const rows = remarks
    .filter((remark) => passed.some((result) => isAbout(remark, result)))
    .map(({ file, test, remark }) => `| \`${file}\` | ${cell(test)} | ${cell(remark)} |`);
  if (rows.length === 0) return "";
  const head = ["## Passed, and proves little", "", "| file | test | why |", "| --- | --- | --- |"];
  return [...head, ...rows, ""].join("\n");
}

const count = (results: readonly Result[], outcome: string): number =>
  results.filter((result) => result.outcome === outcome).length;

const outOf = (results: readonly Result[]): string => `${count(results, "pass")} of ${results.length}`;

/** Text that stays within its cell, and is shown as it is. */
const cell = (text: string): string => text.replaceAll(/[\\|<>*_`[\]]/g, String.raw`\$&`);
