import { medianMs, runLoad } from "../load.ts";
import { encode, type Session } from "../session.ts";
import type { Context, Workload } from "../workload.ts";
import { at, textAt } from "../read-json.ts";

const ROOMS = 12;
const TIMES = 20;
const POLL_MS = 5000;

/** State that changes in many rooms at once. */
export const stateChurn: Workload = {
  name: "state-churn",
  description: `A user in ${ROOMS} rooms takes a new display name, again and again: until the answer, and until a member of all these rooms has seen it everywhere.`,

  async run(context) {
    const [user, watcher] = await context.accounts.fresh(2);
    if (!user || !watcher) throw new Error("no users");
    for (let index = 0; index < ROOMS; index += 1) await watcher.join(await user.createRoom());
    const answered = await churn(context, user, async () => {});
    let since = textAt(await watcher.sync(), "next_batch");
    const seen = await churn(context, user, async (name) => {
      for (let rooms = new Set<string>(); rooms.size < ROOMS; ) {
        const answer = await watcher.sync({ since, timeoutMs: POLL_MS });
        since = textAt(answer, "next_batch");
        for (const [roomId, room] of Object.entries(at(answer, "rooms", "join") ?? {})) {
          if (JSON.stringify(room).includes(`"${name}"`)) rooms = rooms.add(roomId);
        }
      }
    });
    return [
      medianMs("state-churn", `displayname in ${ROOMS} rooms, PUT answered, p50`, answered),
      medianMs("state-churn", `displayname in ${ROOMS} rooms, all seen in /sync, p50`, seen),
    ];
  },
};

let changes = 0;

async function churn(context: Context, user: Session, whenAnswered: (name: string) => Promise<void>) {
  const change = async (): Promise<void> => {
    const displayname = `Name ${++changes}`;
    await user.request("PUT", encode`profile/${user.userId}/displayname`, { displayname });
    await whenAnswered(displayname);
  };
  return await runLoad(context, [change], { operations: TIMES });
}
