import { globSync } from "node:fs";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { root } from "./static-checks.ts";

// Processes find what others compiled before them.
process.env["NODE_COMPILE_CACHE"] ??= join(root, "node_modules", ".cache", "heddle", "tests");

const groupEntry = join(root, "scripts", "test-group.ts");

/** How many tests ended in which way. */
export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** The test files that fit a pattern relative to the repository, sorted. */
export function findTests(pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: (name) => name === "node_modules" }).toSorted();
}

/** Test files that share a process. `folder`: where their temporary files are, if not where this process has them. */
export type Group = { readonly files: readonly string[]; readonly folder?: string };

/**
 * Runs groups of test files, each group in a process of its own, and prints what Node's own reporter prints. Of the
 * groups that want much one runs at a time, from the beginning; beside it the others, in their order.
 */
export async function runTests(
  { heavy, light }: { readonly heavy: readonly Group[]; readonly light: readonly Group[] },
  concurrency: number,
): Promise<Counts> {
  const waiting = { heavy: [...heavy], light: [...light] };
  const all: Counts[] = [];
  const workers = Array.from({ length: concurrency }, async (_, worker) => {
    const next = () => (worker === 0 ? waiting.heavy.shift() : undefined) ?? waiting.light.shift();
    for (let group = next(); group; group = next()) all.push(await runGroup(group));
  });
  await Promise.all(workers);
  return sum(all);
}

async function runGroup({ files, folder = "" }: Group): Promise<Counts> {
  let counts = { passed: 0, failed: 0, skipped: 0 };
  const events = run({ cwd: root, files: [groupEntry], argv: [folder, ...files] });
  events.on("test:summary", (summary) => {
    if (summary.file !== undefined) return;
    const { tests, passed, skipped, todo } = summary.counts;
    const failed = tests - passed - skipped - todo;
    counts = { passed, failed: summary.success ? failed : Math.max(failed, 1), skipped: skipped + todo };
  });
  for await (const text of events.compose(spec())) process.stdout.write(String(text));
  return counts;
}

/**
 * Groups test files: of one area, so many at most. Tests of whole servers stay apart from those of parts, since they
 * check what every server of the process answers.
 */
export function inGroups(files: readonly string[], size: number): Group[] {
  const areas = Map.groupBy(files, (file) => (file.startsWith("src/modules/") ? "modules" : "parts"));
  return [...areas.values()].flatMap((area) => {
    const count = Math.ceil(area.length / size);
    // Dealt like cards, so that neighbours, which take equally long, are spread.
    return Array.from({ length: count }, (_, group) => ({
      files: area.filter((_file, index) => index % count === group),
    }));
  });
}

/** Adds up several runs. */
export function sum(all: readonly Counts[]): Counts {
  const total = (pick: (counts: Counts) => number) => all.reduce((before, counts) => before + pick(counts), 0);
  return { passed: total((c) => c.passed), failed: total((c) => c.failed), skipped: total((c) => c.skipped) };
}

/** Prints the last line of a run and answers the exit code. */
export function summarise(counts: Counts, checksPassed: boolean): number {
  const checks = checksPassed ? "" : "; types, lint or format failed, see above";
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped${checks}\n`);
  return checksPassed && counts.failed === 0 ? 0 : 1;
}
