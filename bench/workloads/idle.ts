import { setTimeout as wait } from "node:timers/promises";
import type { Measurement } from "../measurement.ts";
import { cpuOf, memoryOf, type Target } from "../target.ts";
import type { Workload } from "../workload.ts";

const WATCH_MS = 10_000;

/** What a server costs that nobody uses, after the workloads before it. */
export const idle: Workload = {
  name: "idle",
  description: `Memory after the workloads, processor time over ${WATCH_MS / 1000} s without a request, then a stop and a start with the data.`,

  async run({ target }) {
    const lines = [...memoryLines(target, "after the workloads")];
    const before = cpuOf(target);
    const start = performance.now();
    await wait(WATCH_MS);
    const after = cpuOf(target);
    if (before !== undefined && after !== undefined) {
      const share = ((after - before) / (performance.now() - start)) * 100;
      lines.push(line("CPU when idle", share, "% of a core"));
    }
    return [...lines, ...(await restart(target))];
  },
};

/** PSS and RSS now. */
export function memoryLines(target: Target, when: string): readonly Measurement[] {
  const now = memoryOf(target);
  if (!now) return [];
  return [line(`PSS ${when}`, now.pssMiB, "MiB"), line(`RSS ${when}`, now.rssMiB, "MiB")];
}

async function restart(target: Target): Promise<readonly Measurement[]> {
  if (!target.stop || !target.start) return [];
  const before = performance.now();
  await target.stop();
  const stopped = line("time to stop", (performance.now() - before) / 1000, "s");
  await target.start();
  const started = line("time to ready again, with the data", (target.startedInMs ?? Number.NaN) / 1000, "s");
  return [stopped, started, ...memoryLines(target, "after that start")];
}

function line(name: string, value: number, unit: Measurement["unit"]): Measurement {
  return { workload: "idle", name, value, unit, better: "less" };
}
