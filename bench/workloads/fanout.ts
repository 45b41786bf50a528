import { Listeners } from "../listeners.ts";
import { type Measurement, percentile } from "../measurement.ts";
import { runPaced } from "../paced.ts";
import { forEachAtOnce } from "../rooms.ts";
import type { Workload } from "../workload.ts";

const MEMBERS = 500;
const LISTENERS = 200;
const PER_SECOND = 4;

/** A message to a large room in which many are online. */
export const fanout: Workload = {
  name: "fanout",
  description: `A room of ${MEMBERS} members of whom ${LISTENERS} wait in long polls: ${PER_SECOND} messages a second; from sending until each has it, and until the last has it.`,

  async run(context) {
    const users = await context.accounts.shared(MEMBERS);
    const [sender, ...members] = users;
    if (!sender) throw new Error("no users");
    const roomId = await sender.createRoom();
    await forEachAtOnce(members, async (member) => await member.join(roomId));
    const pace = { sender, roomId, perSecond: PER_SECOND, seconds: context.seconds };
    await using listeners = await Listeners.start(members.slice(0, LISTENERS));
    await runPaced(context, { ...pace, seconds: 1, whenSent: (ids) => listeners.whenAllHave(ids) });
    const { sentAt, cpuMsPerMessage, refusedCount } = await runPaced(context, {
      ...pace,
      whenSent: (ids) => listeners.whenAllHave(ids),
    });
    const { latenciesMs, missing } = listeners.latencies(sentAt);
    const last = [...sentAt].map(([id, at]) => listeners.latencies(new Map([[id, at]])).latenciesMs);
    const common = {
      workload: "fanout",
      unit: "ms",
      better: "less",
      operationCount: sentAt.size,
      errorCount: missing + refusedCount,
      ...(cpuMsPerMessage === undefined ? {} : { cpuMsPerOperation: cpuMsPerMessage }),
    } as const;
    const lines: Measurement[] = [
      { ...common, name: `send to each of ${LISTENERS} listeners, p50`, value: percentile(latenciesMs, 0.5) },
      {
        ...common,
        name: `send to the last of ${LISTENERS} listeners, p50`,
        value: percentile(
          last.map((each) => Math.max(...each)),
          0.5,
        ),
      },
    ];
    return lines;
  },
};
