import { perSecond, runWarmLoad, type Worker } from "../load.ts";
import { forEachAtOnce, roomOf } from "../rooms.ts";
import { encode, type Session } from "../session.ts";
import type { Workload } from "../workload.ts";
import { threadOf } from "./threads.ts";

const AT_ONCE = 4;
const REPLIES = 200;
const PAGE = 50;
const MESSAGES = 100;

/** What relates to a message, and pages of messages that others relate to. */
export const relations: Workload = {
  name: "relations",
  description: `Pages of ${PAGE} replies of a thread of ${REPLIES}; and pages of ${MESSAGES} messages, each of which was edited and reacted to. ${AT_ONCE} at once.`,

  async run(context) {
    const users = await context.accounts.shared(AT_ONCE);
    const [first] = users;
    if (!first) throw new Error("no users");
    const thread = await roomOf(users);
    const root = await threadOf(first, thread, REPLIES);
    const busy = await roomOf(users);
    const numbers = Array.from({ length: MESSAGES }, (_, index) => index);
    const said: string[] = [];
    for (const number of numbers) said.push(await first.send(busy, `message ${number}`));
    await forEachAtOnce(said, async (eventId) => await touch(users, busy, eventId));
    const page = `${encode`rooms/${thread}/relations/${root}/m.thread`}?limit=${PAGE}`;
    const from = said.length * 3;
    const workers = (read: (user: Session) => Promise<string>): Worker[] =>
      users.map((user) => async () => void (await read(user)));
    const asking = await runWarmLoad(
      context,
      workers(async (user) => await user.requestText(page, "v1")),
    );
    const paging = await runWarmLoad(
      context,
      workers(async (user) => await user.requestText(`${encode`rooms/${busy}/messages`}?dir=f&limit=${from}`)),
    );
    return [
      perSecond("relations", `relations/m.thread?limit=${PAGE}, ${AT_ONCE} at once (pages)`, asking),
      perSecond("relations", `messages, ${MESSAGES} edited and reacted to, ${AT_ONCE} at once (pages)`, paging),
    ];
  },
};

/** An edit by the first user, a reaction by another. */
async function touch([first, second]: readonly Session[], roomId: string, eventId: string): Promise<void> {
  const text = { msgtype: "m.text", body: "edited" };
  const replacing = { "m.new_content": text, "m.relates_to": { rel_type: "m.replace", event_id: eventId } };
  await first?.sendEvent(roomId, "m.room.message", { ...text, ...replacing });
  const relation = { rel_type: "m.annotation", event_id: eventId, key: "👍" };
  await second?.sendEvent(roomId, "m.reaction", { "m.relates_to": relation });
}
