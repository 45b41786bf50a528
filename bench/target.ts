import { cpuMs, type Memory, memory } from "./process.ts";

/** A homeserver under measurement. */
export interface Target extends AsyncDisposable {
  readonly name: string;
  readonly baseUrl: string;
  readonly sharedSecret: string | undefined;
  /** The processes to count, with their descendants; empty when they are unknown or elsewhere. */
  pids(): readonly number[];
  /** From starting the process to being ready; undefined when we did not start it. */
  readonly startedInMs: number | undefined;
  /** Only where we started it. */
  readonly stop?: () => Promise<void>;
  readonly start?: () => Promise<void>;
  /** Another server of the same kind, on an empty database, whose password hashes cost next to nothing. */
  readonly startWithCheapHashes?: () => Promise<Target>;
}

/** Processor time used so far; undefined where the processes are unknown. */
export function cpuOf(target: Target): number | undefined {
  const pids = target.pids();
  return pids.length === 0 ? undefined : cpuMs(pids);
}

/** Memory now; undefined where the processes are unknown. */
export function memoryOf(target: Target): Memory | undefined {
  const pids = target.pids();
  return pids.length === 0 ? undefined : memory(pids);
}
