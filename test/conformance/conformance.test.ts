import assert from "node:assert/strict";
import { test } from "node:test";
import { areaOf } from "./areas.ts";
import { parseOptions } from "./options.ts";
import { renderPage } from "./page.ts";
import { parseReasons } from "./reasons.ts";
import { parseRemarks, staleRemarks } from "./remarks.ts";
import { formatResults, mergeRun, parseResults } from "./results.ts";

const table = (...rows: readonly string[][]): string => rows.map((cells) => `${cells.join("\t")}\n`).join("");

const baseline = table(
  ["file", "test", "result", "kind"],
  ["tests/31sync/01.pl", "syncs", "pass", "spec"],
  ["tests/31sync/01.pl", "twice", "pass", "spec"],
  ["tests/31sync/01.pl", "twice", "pass", "spec"],
  ["tests/48admin.pl", "purges", "pass", "synapse-only"],
);
const header = ["file", "test", "result", "seconds", "reason"];

const first = mergeRun(
  [],
  baseline,
  table(
    header,
    ["tests/31sync/01.pl", "twice", "fail", "1", "port 12345"],
    ["tests/31sync/01.pl", "twice", "skip", "0", "lack of can_sync"],
  ),
);

test("a run of some tests leaves the results of the others as they were", () => {
  assert.deepEqual(
    first.map(({ outcome, note }) => [outcome, note]),
    [
      ["not run", ""],
      ["fail", ""],
      ["skip", "lack of can_sync"],
      ["not run", ""],
    ],
  );
  const second = mergeRun(first, baseline, table(header, ["tests/31sync/01.pl", "syncs", "pass", "1", ""]));
  assert.deepEqual(
    second.map(({ outcome }) => outcome),
    ["pass", "fail", "skip", "not run"],
  );
});

test("results are read as they were written", () => {
  assert.deepEqual(parseResults(formatResults(first)), first);
});

test("a reason for a test counts before one for its file, and one for nothing is told", () => {
  const reasons = parseReasons(
    table(
      ["file", "test", "reason"],
      ["31sync/01", "*", "not built"],
      ["31sync/01", "twice", "asks too much"],
      ["31sync/01", "gone", "-"],
    ),
  );
  assert.deepEqual(
    first.map((result) => reasons.of(result)),
    ["not built", "asks too much", "asks too much", undefined],
  );
  assert.deepEqual(reasons.stale(first), ["31sync/01: gone"]);
});

test("the page counts what the specification asks for apart, and lists what of it does not pass", () => {
  const page = renderPage(first, parseReasons("file\ttest\treason\n"), []);
  assert.match(page, /\| `31sync` \| 0 of 3 \| 1 \| 1 \| 1 \|  \|/);
  assert.match(page, /\| `48admin` \| 0 of 0 \| 0 \| 0 \| 0 \| 0 of 1 \|/);
  assert.match(page, /\| `31sync\/01` \| twice \| not looked at yet \|/);
  assert.match(page, /\| twice \| skipped: lack of can\\_sync \|/);
  assert.doesNotMatch(page, /\| purges/);
});

test("the page says of tests that pass what they do not prove, and a remark on any other is told", () => {
  const second = mergeRun(first, baseline, table(header, ["tests/31sync/01.pl", "syncs", "pass", "1", ""]));
  const remarks = parseRemarks(
    table(["file", "test", "remark"], ["31sync/01", "syncs", "asks for nothing"], ["31sync/01", "twice", "fails"]),
  );
  const page = renderPage(second, parseReasons("file\ttest\treason\n"), remarks);
  assert.match(page, /## Passed, and proves little\n\n.*\n.*\n\| `31sync\/01` \| syncs \| asks for nothing \|\n$/);
  assert.deepEqual(staleRemarks(remarks, second), ["31sync/01: twice"]);
});

test("a file belongs to the first area whose pattern fits", () => {
  assert.equal(areaOf("tests/10apidoc/13ui-auth.pl"), "Accounts");
  assert.equal(areaOf("tests/50federation/40devicelists.pl"), "Keys");
  assert.equal(areaOf("tests/31sync/01filter.pl"), "Client-server API");
});

test("tests cannot be chosen without saying where SyTest is", () => {
  assert.throws(() => parseOptions(["31sync"]), /needs --sytest/);
  assert.deepEqual(parseOptions(["--sytest", "x", "tests/31sync", "48"]).prefixes, ["31sync", "48"]);
});
