import { globSync } from "node:fs";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { root } from "./static-checks.ts";

/** How many tests ended in which way. */
export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** The test files that fit a pattern relative to the repository, sorted. */
export function findTests(pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: (name) => name === "node_modules" }).toSorted();
}

/** Runs test files, each in a process of its own, and prints what Node's own reporter prints. */
export async function runTests(files: readonly string[], concurrency: number): Promise<Counts> {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  let counts = { passed: 0, failed: 0, skipped: 0 };
  const events = run({ cwd: root, files: [...files], concurrency });
  events.on("test:summary", (summary) => {
    if (summary.file !== undefined) return;
    const { tests, passed, skipped, todo } = summary.counts;
    const failed = tests - passed - skipped - todo;
    counts = { passed, failed: summary.success ? failed : Math.max(failed, 1), skipped: skipped + todo };
  });
  for await (const text of events.compose(spec())) process.stdout.write(String(text));
  return counts;
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
