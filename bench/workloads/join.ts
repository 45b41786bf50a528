import { type LoadResult, perSecond, runLoad } from "../load.ts";
import { type Measurement, percentile } from "../measurement.ts";
import type { Session } from "../session.ts";
import type { Context, Workload } from "../workload.ts";

const JOINERS = 125;
const AT_ONCE = 8;

/** A room that fills: state that grows with every event. */
export const join: Workload = {
  name: "join",
  description: `${JOINERS} users join a public room one after another, then another one ${AT_ONCE} at once.`,

  async run(context) {
    const users = await context.accounts.shared(JOINERS + 1);
    const oneByOne = await joinAll(context, users, 1);
    const together = await joinAll(context, users, AT_ONCE);
    return [
      perSecond("join", `join of ${JOINERS} users, one after another`, oneByOne),
      growth(oneByOne.latenciesMs),
      perSecond("join", `join of ${JOINERS} users, ${AT_ONCE} at once`, together),
    ];
  },
};

async function joinAll(context: Context, users: readonly Session[], atOnce: number): Promise<LoadResult> {
  const [creator, ...joiners] = users;
  if (!creator) throw new Error("no users");
  const roomId = await creator.createRoom();
  let next = 0;
  const worker = async (): Promise<void> => {
    const user = joiners[next];
    next += 1;
    await user?.join(roomId);
  };
  return await runLoad(
    context,
    Array.from({ length: atOnce }, () => worker),
    { operations: joiners.length },
  );
}

/** Means that a join costs the more, the more there are before it, when above 1. */
function growth(latenciesMs: readonly number[]): Measurement {
  const fifth = Math.max(1, Math.floor(latenciesMs.length / 5));
  const first = percentile(latenciesMs.slice(0, fifth), 0.5);
  const last = percentile(latenciesMs.slice(-fifth), 0.5);
  return {
    workload: "join",
    name: "time of a join, last fifth against first",
    value: last / first,
    unit: "x",
    better: "less",
  };
}
