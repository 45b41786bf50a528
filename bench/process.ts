// What processes cost, from Linux's /proc: the processes named and everything that descends from them.

import { readdirSync, readFileSync } from "node:fs";

/** /proc counts processor time in hundredths of a second on every Linux that Node runs on. */
const TICK_MS = 10;

/** Memory in MiB. */
export type Memory = {
  /** Shared pages divided among those who share them: what these processes really take. */
  readonly pssMiB: number;
  readonly rssMiB: number;
};

/**
 * Processor time in milliseconds that the processes and their descendants have used so far, all threads together. A
 * descendant that ended is contained in its parent's count, so that the sum never decreases.
 */
export function cpuMs(roots: readonly number[]): number {
  return withDescendants(roots).reduce((sum, pid) => sum + ticksOf(pid) * TICK_MS, 0);
}

/** Memory of the processes and their descendants. */
export function memory(roots: readonly number[]): Memory {
  let pss = 0;
  let rss = 0;
  for (const pid of withDescendants(roots)) {
    const text = readOrEmpty(`/proc/${pid}/smaps_rollup`);
    pss += kibOf(text, "Pss");
    rss += kibOf(text, "Rss");
  }
  return { pssMiB: pss / 1024, rssMiB: rss / 1024 };
}

function withDescendants(roots: readonly number[]): number[] {
  const found = new Set<number>();
  const open = [...roots];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    if (found.has(pid)) continue;
    found.add(pid);
    open.push(...childrenOf(pid));
  }
  return [...found];
}

function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    readOrEmpty(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    // The process has just ended.
    return [];
  }
}

/** utime, stime, cutime and cstime: fields 14 to 17. The second field is the name, which may hold blanks. */
function ticksOf(pid: number): number {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

function kibOf(text: string, name: string): number {
  return Number(new RegExp(`^${name}: +(\\d+) kB`, "m").exec(text)?.[1] ?? 0);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // A process that has just ended costs nothing any more.
    return "";
  }
}
