import { setTimeout as wait } from "node:timers/promises";
import type { Session } from "./session.ts";
import { cpuOf } from "./target.ts";
import type { Context } from "./workload.ts";

/** Messages at a rate, whatever the answers take. */
export type Pace = {
  readonly sender: Session;
  readonly roomId: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** What belongs to the load after the last message: its processor time is counted. */
  readonly whenSent?: (eventIds: readonly string[]) => Promise<void>;
};

/** What a load at a rate came to. */
export type PacedResult = {
  /** When each event was about to be sent, in `performance.now()` milliseconds. */
  readonly sentAt: ReadonlyMap<string, number>;
  readonly cpuMsPerMessage: number | undefined;
  readonly refusedCount: number;
};

/** Sends at the rate asked for. Throws when no message at all was accepted. */
export async function runPaced(context: Context, pace: Pace): Promise<PacedResult> {
  const cpuBefore = cpuOf(context.target);
  const count = Math.round(pace.perSecond * pace.seconds);
  const start = performance.now();
  const sentAt = new Map<string, number>();
  const sendings: Promise<unknown>[] = [];
  for (let index = 0; index < count; index += 1) {
    const dueMs = start + (index * 1000) / pace.perSecond - performance.now();
    if (dueMs > 0) await wait(dueMs);
    sendings.push(sendOne(pace, index, sentAt));
  }
  const errors = (await Promise.all(sendings)).filter((error) => error !== undefined);
  if (sentAt.size === 0) throw errors[0];
  await pace.whenSent?.([...sentAt.keys()]);
  const cpuAfter = cpuOf(context.target);
  const cpuMs = cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore;
  const cpuMsPerMessage = cpuMs === undefined ? undefined : cpuMs / sentAt.size;
  return { sentAt, cpuMsPerMessage, refusedCount: errors.length };
}

/** Answers what went wrong, so that nobody has to wait for it meanwhile. */
async function sendOne({ sender, roomId }: Pace, index: number, sentAt: Map<string, number>): Promise<unknown> {
  const before = performance.now();
  try {
    sentAt.set(await sender.send(roomId, `message ${index}`), before);
    return undefined;
  } catch (error) {
    return error;
  }
}
