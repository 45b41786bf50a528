/** What the hash of a password costs, told apart from all else. */
import { Accounts } from "../accounts.ts";
import { HomeserverClient } from "../client.ts";
import { perSecond, runWarmLoad, type Worker } from "../load.ts";
import { type Measurement, percentile } from "../measurement.ts";
import type { Context } from "../workload.ts";

/**
 * The load on the server, whose event loop a small request tries meanwhile; and on a server of its kind whose hashes cost
 * nothing, where one can be started: the difference is the hash.
 */
export async function withAndWithoutHashing(
  context: Context,
  name: string,
  workersOf: (context: Context) => Promise<readonly Worker[]>,
): Promise<readonly Measurement[]> {
  const workers = await workersOf(context);
  const waits: number[] = [];
  const end = new AbortController();
  const watching = watch(context, waits, end.signal);
  const hashed = await runWarmLoad(context, workers);
  end.abort();
  await watching;
  const wait = { workload: name, name: "small request meanwhile, p99", unit: "ms", better: "less" } as const;
  const atOnce = `${name}, ${workers.length} at once`;
  return [
    perSecond(name, atOnce, hashed),
    { ...wait, value: percentile(waits, 0.99) },
    ...(await withoutHashing(context, name, { atOnce, workersOf })),
  ];
}

async function withoutHashing(
  context: Context,
  workload: string,
  {
    atOnce,
    workersOf,
  }: { readonly atOnce: string; readonly workersOf: (context: Context) => Promise<readonly Worker[]> },
): Promise<readonly Measurement[]> {
  await using target = await context.target.startWithCheapHashes?.();
  if (!target) return [];
  await using client = new HomeserverClient(target.baseUrl);
  const cheap = { ...context, target, client, accounts: new Accounts(client, target.sharedSecret) };
  return [
    perSecond(workload, `${atOnce}, without the cost of the hash`, await runWarmLoad(cheap, await workersOf(cheap))),
  ];
}

/** Asks for next to nothing, again and again. */
async function watch({ client }: Context, waits: number[], end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    const before = performance.now();
    await client.requestText("GET", "/_matrix/client/versions");
    waits.push(performance.now() - before);
  }
}
