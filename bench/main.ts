/** `npm run bench`: drives homeservers through the public client-server API and says what that costs. */
import { readFile, writeFile } from "node:fs/promises";
import { Accounts } from "./accounts.ts";
import { HomeserverClient } from "./client.ts";
import { startHeddle } from "./heddle.ts";
import type { Measurement } from "./measurement.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { describeRun, type Results, toMarkdown } from "./results.ts";
import { startSynapseTarget } from "./synapse.ts";
import type { Target } from "./target.ts";
import type { Context, Workload } from "./workload.ts";
import { memoryLines } from "./workloads/idle.ts";

const options = readOptions();
if (options === undefined) process.exit(64);
const results = await measureAll(options);
process.stdout.write(`\n${toMarkdown(results)}`);
if (options.jsonFile !== undefined) await writeFile(options.jsonFile, `${JSON.stringify(results, null, 2)}\n`);
if (options.markdownFile !== undefined) await putInPlace(options.markdownFile, options.place, toMarkdown(results));

function readOptions(): Options | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    return undefined;
  }
}

/** All servers run at the same time and are measured in turns, so that the machine's moods hit them alike. */
async function measureAll({ workloads, seconds, members, ...rest }: Options): Promise<Results> {
  await using stack = new AsyncDisposableStack();
  const columns: { context: Context; measurements: Measurement[] }[] = [];
  for (const target of await startTargets(rest, stack)) {
    const client = stack.use(new HomeserverClient(target.baseUrl));
    const context = { target, client, accounts: new Accounts(client, target.sharedSecret), seconds, members };
    columns.push({ context, measurements: [...startLines(target)] });
  }
  for (const workload of workloads) {
    for (const { context, measurements } of columns) measurements.push(...(await measure(workload, context)));
  }
  const servers = columns.map(({ context, measurements }) => ({ name: context.target.name, measurements }));
  return { ...describeRun(seconds), servers };
}

async function startTargets(
  { baseUrl, pids, sharedSecret, database, synapse, isSynapseOnly }: Omit<Options, "workloads" | "seconds" | "members">,
  stack: AsyncDisposableStack,
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  if (baseUrl !== undefined) targets.push(running(baseUrl, pids, sharedSecret));
  else if (!isSynapseOnly) targets.push(stack.use(await startHeddle({ database, databasePids: pids })));
  if (synapse !== undefined) targets.push(stack.use(await startSynapseTarget(synapse)));
  return targets;
}

function running(baseUrl: string, pids: readonly number[], sharedSecret: string | undefined): Target {
  return {
    name: baseUrl,
    baseUrl,
    sharedSecret,
    pids: () => pids,
    startedInMs: undefined,
    [Symbol.asyncDispose]: leave,
  };
}

/** It is not ours to stop. */
async function leave(): Promise<void> {}

function startLines(target: Target): readonly Measurement[] {
  if (target.startedInMs === undefined) return [];
  const value = target.startedInMs / 1000;
  const ready: Measurement = { workload: "start", name: "time to ready", value, unit: "s", better: "less" };
  return [ready, ...memoryLines(target, "after start").map((line) => ({ ...line, workload: "start" }))];
}

/** A workload that a server cannot do is reported, and the others go on. */
async function measure(workload: Workload, context: Context): Promise<readonly Measurement[]> {
  process.stderr.write(`${context.target.name}: ${workload.name} … `);
  const before = performance.now();
  try {
    const lines = await workload.run(context);
    process.stderr.write(`${((performance.now() - before) / 1000).toFixed(0)} s\n`);
    return lines;
  } catch (error) {
    process.stderr.write(`failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
    return [];
  }
}

async function putInPlace(file: string, place: string, text: string): Promise<void> {
  const before = await readFile(file, "utf8");
  const [startMark, endMark] = [`<!-- ${place} -->`, `<!-- end of ${place} -->`];
  const [start, end] = [before.indexOf(startMark), before.indexOf(endMark)];
  if (start < 0 || end < start) throw new Error(`${file} has no line ${startMark} with a line ${endMark} after it`);
  await writeFile(file, `${before.slice(0, start + startMark.length)}\n\n${text}\n${before.slice(end)}`);
}
