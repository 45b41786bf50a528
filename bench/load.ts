import { type Measurement, percentile } from "./measurement.ts";
import { cpuOf } from "./target.ts";
import type { Context } from "./workload.ts";

/** How long a load lasts: so many operations, or so many seconds. */
export type Bound = { readonly operations: number } | { readonly seconds: number };

/** What a load came to. */
export type LoadResult = {
  readonly elapsedMs: number;
  readonly latenciesMs: readonly number[];
  readonly errorCount: number;
  readonly cpuMs: number | undefined;
};

/** Does one operation. `round` counts the operations of this worker. */
export type Worker = (round: number) => Promise<void>;

const WARM_UP_SECONDS = 1;
/** After so many failures without a success the load is not worth continuing. */
const HOPELESS_ERRORS = 20;

/** Lets every worker do one operation after another, all workers at once. */
export async function runLoad(context: Context, workers: readonly Worker[], bound: Bound): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  let errorCount = 0;
  let left = "operations" in bound ? bound.operations : Number.POSITIVE_INFINITY;
  const cpuBefore = cpuOf(context.target);
  const start = performance.now();
  const end = "seconds" in bound ? start + bound.seconds * 1000 : Number.POSITIVE_INFINITY;

  const drive = async (worker: Worker): Promise<void> => {
    for (let round = 0; left > 0 && performance.now() < end; round += 1) {
      left -= 1;
      const before = performance.now();
      try {
        await worker(round);
        latenciesMs.push(performance.now() - before);
      } catch (error) {
        errorCount += 1;
        if (errorCount >= HOPELESS_ERRORS && latenciesMs.length === 0) throw error;
      }
    }
  };
  await Promise.all(workers.map(drive));
  const cpuAfter = cpuOf(context.target);
  return {
    elapsedMs: performance.now() - start,
    latenciesMs,
    errorCount,
    cpuMs: cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore,
  };
}

/** A load after a short one that nobody counts, during which caches and compilers come up to speed. */
export async function runWarmLoad(context: Context, workers: readonly Worker[]): Promise<LoadResult> {
  await runLoad(context, workers, { seconds: Math.min(WARM_UP_SECONDS, context.seconds) });
  return await runLoad(context, workers, { seconds: context.seconds });
}

/** The line of a load whose operations are counted per second. */
export function perSecond(workload: string, name: string, result: LoadResult): Measurement {
  const count = result.latenciesMs.length;
  return { ...lineOf(workload, name, result), value: count / (result.elapsedMs / 1000), unit: "/s", better: "more" };
}

/** The line of a load whose median time is what counts. */
export function medianMs(workload: string, name: string, result: LoadResult): Measurement {
  return { ...lineOf(workload, name, result), value: percentile(result.latenciesMs, 0.5), unit: "ms", better: "less" };
}

function lineOf(workload: string, name: string, { latenciesMs, errorCount, cpuMs }: LoadResult) {
  const operationCount = latenciesMs.length;
  return {
    workload,
    name,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    operationCount,
    errorCount,
    ...(cpuMs === undefined || operationCount === 0 ? {} : { cpuMsPerOperation: cpuMs / operationCount }),
  };
}
