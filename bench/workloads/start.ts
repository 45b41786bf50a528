import { Accounts } from "../accounts.ts";
import { HomeserverClient } from "../client.ts";
import { type Measurement, percentile } from "../measurement.ts";
import { forEachAtOnce } from "../rooms.ts";
import type { Session } from "../session.ts";
import { cpuOf, type Target } from "../target.ts";
import type { Workload } from "../workload.ts";
import { memoryLines } from "./idle.ts";

const ACCOUNTS = 10_000;
const ROOMS = 1000;
const STARTS = 10;

/** What starting costs where there is something to find again. */
export const start: Workload = {
  name: "start",
  description: `${ACCOUNTS} accounts in ${ROOMS} rooms, then ${STARTS} stops and starts.`,

  async run(context) {
    await using target = await context.target.startWithCheapHashes?.();
    if (!target) return [];
    await fill(target);
    // The first start finds the disk's cache as the load left it, and is not counted.
    await startAgain(target);
    const starts: Started[] = [];
    while (starts.length < STARTS) starts.push(await startAgain(target));
    return [median(starts), ...memoryLines(target, `with ${ROOMS} rooms and ${ACCOUNTS} accounts`).map(ofStart)];
  },
};

/** Every account is in one room with its neighbours. */
async function fill(target: Target): Promise<void> {
  await using client = new HomeserverClient(target.baseUrl);
  const users = await new Accounts(client, target.sharedSecret).fresh(ACCOUNTS);
  const share = ACCOUNTS / ROOMS;
  const groups = Array.from({ length: ROOMS }, (_, room) => users.slice(room * share, (room + 1) * share));
  await forEachAtOnce(groups, gather);
}

async function gather([creator, ...others]: readonly Session[]): Promise<void> {
  if (!creator) return;
  const roomId = await creator.createRoom();
  for (const user of others) await user.join(roomId);
}

type Started = { readonly ms: number; readonly cpuMs: number };

/** The database of a PostgreSQL server runs on: what it used before does not count. */
async function startAgain(target: Target): Promise<Started> {
  await target.stop?.();
  const before = cpuOf(target) ?? 0;
  await target.start?.();
  return { ms: target.startedInMs ?? Number.NaN, cpuMs: (cpuOf(target) ?? Number.NaN) - before };
}

function median(starts: readonly Started[]): Measurement {
  const of = (pick: (one: Started) => number): number => percentile(starts.map(pick), 0.5);
  return {
    workload: "start",
    name: `time to ready with ${ROOMS} rooms and ${ACCOUNTS} accounts, median of ${STARTS}`,
    value: of(({ ms }) => ms) / 1000,
    unit: "s",
    better: "less",
    cpuMsPerOperation: of(({ cpuMs }) => cpuMs),
  };
}

function ofStart(line: Measurement): Measurement {
  return { ...line, workload: "start" };
}
