/** One line of the results. */
export type Measurement = {
  readonly workload: string;
  readonly name: string;
  readonly value: number;
  readonly unit: "/s" | "ms" | "s" | "µs" | "KiB" | "MiB" | "x" | "% of a core";
  readonly better: "more" | "less";
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** Processor time of the server, its database included, for one operation. */
  readonly cpuMsPerOperation?: number;
  readonly operationCount?: number;
  readonly errorCount?: number;
};

/** The value below which `share` (0 to 1) of the samples lie; NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
