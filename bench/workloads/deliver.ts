import { Listeners } from "../listeners.ts";
import { runPaced } from "../paced.ts";
import { type Measurement, percentile } from "../measurement.ts";
import { roomOf } from "../rooms.ts";
import type { Session } from "../session.ts";
import type { Context, Workload } from "../workload.ts";

const MEMBERS = 50;
const RATE = 20;
const RATES_TO_TRY = [45, 90, 180, 360];
const GOOD_P99_MS = 250;

/** A room whose members all listen: one message wakes fifty long polls. */
export const deliver: Workload = {
  name: "deliver",
  description: `${RATE} messages a second to a room whose ${MEMBERS} members wait in long polls: time from sending until a member has it; the same without polls, which gives the cost of one woken poll; then the highest of ${RATES_TO_TRY.join(", ")} messages a second with p99 below ${GOOD_P99_MS} ms.`,

  async run(context) {
    const users = await context.accounts.shared(MEMBERS + 1);
    const [sender, ...members] = users;
    if (!sender) throw new Error("no users");
    const roomId = await roomOf(users);
    const scene = { context, sender, members, roomId };
    await deliverAt(scene, RATE, 1);
    const silent = await runPaced(context, { sender, roomId, perSecond: RATE, seconds: context.seconds });
    const heard = await deliverAt(scene, RATE, context.seconds);
    return [
      ...latencyLines(heard),
      ...wokenPollLine(silent.cpuMsPerMessage, heard.cpuMsPerMessage),
      await highestRate(scene, heard.p99Ms),
    ];
  },
};

type Scene = {
  readonly context: Context;
  readonly sender: Session;
  readonly members: readonly Session[];
  readonly roomId: string;
};

type Heard = {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly deliveries: number;
  readonly missing: number;
  readonly cpuMsPerMessage: number | undefined;
};

async function deliverAt({ context, sender, members, roomId }: Scene, rate: number, seconds: number): Promise<Heard> {
  await using listeners = await Listeners.start(members);
  const { sentAt, cpuMsPerMessage, refusedCount } = await runPaced(context, {
    sender,
    roomId,
    perSecond: rate,
    seconds,
    whenSent: (eventIds) => listeners.whenAllHave(eventIds),
  });
  const { latenciesMs, missing: lateCount } = listeners.latencies(sentAt);
  const missing = lateCount + refusedCount * members.length;
  return {
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: missing > 0 ? Number.POSITIVE_INFINITY : percentile(latenciesMs, 0.99),
    deliveries: latenciesMs.length,
    missing,
    cpuMsPerMessage,
  };
}

function latencyLines({ p50Ms, p99Ms, deliveries, missing, cpuMsPerMessage }: Heard): readonly Measurement[] {
  const common = {
    workload: "deliver",
    unit: "ms",
    better: "less",
    operationCount: deliveries,
    errorCount: missing,
    ...(cpuMsPerMessage === undefined ? {} : { cpuMsPerOperation: cpuMsPerMessage }),
  } as const;
  const name = `${RATE} msg/s to ${MEMBERS} members`;
  return [
    { ...common, name: `${name}, p50`, value: p50Ms },
    { ...common, name: `${name}, p99`, value: p99Ms },
  ];
}

function wokenPollLine(silent: number | undefined, heard: number | undefined): readonly Measurement[] {
  if (silent === undefined || heard === undefined) return [];
  const value = ((heard - silent) / MEMBERS) * 1000;
  return [{ workload: "deliver", name: "CPU of one woken long poll", value, unit: "µs", better: "less" }];
}

async function highestRate(scene: Scene, p99AtFirst: number): Promise<Measurement> {
  let value = p99AtFirst < GOOD_P99_MS ? RATE : 0;
  for (const rate of value === 0 ? [] : RATES_TO_TRY) {
    const { p99Ms } = await deliverAt(scene, rate, Math.min(3, scene.context.seconds));
    if (!(p99Ms < GOOD_P99_MS)) break;
    value = rate;
  }
  const name = `highest rate to ${MEMBERS} members with p99 < ${GOOD_P99_MS} ms (msg)`;
  return { workload: "deliver", name, value, unit: "/s", better: "more" };
}
