import { perSecond, runWarmLoad } from "../load.ts";
import type { Measurement } from "../measurement.ts";
import { forEachAtOnce, roomOf } from "../rooms.ts";
import { encode, type Session } from "../session.ts";
import type { Context, Workload } from "../workload.ts";

const AT_ONCE = 4;
const THREADS = 20;
const REPLIES = 25;
const LONG = 1000;
const TEXT = "A reply in a thread, neither long nor short.";

/** Threads as a client looks at them. */
export const threads: Workload = {
  name: "threads",
  description: `A room of ${THREADS} threads with ${REPLIES} replies each and one with ${LONG}: the list of threads; a root with its summary, of the short thread and of the long one; sending into the long one. ${AT_ONCE} at once.`,

  async run(context) {
    const users = await context.accounts.shared(AT_ONCE);
    const roomId = await roomOf(users);
    const [user] = users;
    if (!user) throw new Error("no users");
    const short: string[] = [];
    for (let index = 0; index < THREADS; index += 1) short.push(await threadOf(user, roomId, REPLIES));
    const long = await threadOf(user, roomId, LONG);
    const list = encode`rooms/${roomId}/threads`;
    const event = (id: string): string => encode`rooms/${roomId}/event/${id}`;
    return [
      await reading(context, users, "threads", async (reader) => await reader.requestText(list, "v1")),
      await reading(context, users, "event with thread summary", async (reader, round) => {
        return await reader.requestText(event(short[round % THREADS] ?? ""));
      }),
      await reading(context, users, `event with summary of ${LONG} replies`, async (reader) => {
        return await reader.requestText(event(long));
      }),
      await reading(context, users, `reply in a thread of ${LONG}`, async (reader) => {
        return await reader.sendEvent(roomId, "m.room.message", replyTo(long));
      }),
    ];
  },
};

type Reading = (reader: Session, round: number) => Promise<string>;

async function reading(context: Context, users: readonly Session[], what: string, read: Reading): Promise<Measurement> {
  const workers = users.map((user) => async (round: number) => void (await read(user, round)));
  return perSecond("threads", `${what}, ${AT_ONCE} at once`, await runWarmLoad(context, workers));
}

/** The content of a reply in the thread of `root`. */
export const replyTo = (root: string): object => ({
  msgtype: "m.text",
  body: TEXT,
  "m.relates_to": { rel_type: "m.thread", event_id: root },
});

/** A new thread with so many replies; gives its root. */
export async function threadOf(user: Session, roomId: string, replies: number): Promise<string> {
  const root = await user.send(roomId, "The root of a thread");
  const numbers = Array.from({ length: replies }, (_, index) => index);
  await forEachAtOnce(numbers, async () => void (await user.sendEvent(roomId, "m.room.message", replyTo(root))));
  return root;
}
