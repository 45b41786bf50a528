import { perSecond, runWarmLoad, type Worker } from "../load.ts";
import { at } from "../read-json.ts";
import { forEachAtOnce, roomOf } from "../rooms.ts";
import type { Session } from "../session.ts";
import type { Workload } from "../workload.ts";

const AT_ONCE = 4;
const MESSAGES = 1000;
const PAGE = 100;

/** Reading back. */
export const messages: Workload = {
  name: "messages",
  description: `${AT_ONCE} users page back through a room of ${MESSAGES} messages, ${PAGE} a page, again and again.`,

  async run(context) {
    const users = await context.accounts.shared(AT_ONCE);
    const roomId = await roomOf(users);
    const [first] = users;
    const texts = Array.from({ length: MESSAGES }, (_, index) => `message ${index}`);
    await forEachAtOnce(texts, async (text) => {
      await first?.send(roomId, text);
    });
    const workers = users.map((user) => pagerIn(user, roomId));
    return [
      perSecond(
        "messages",
        `messages?dir=b&limit=${PAGE}, ${AT_ONCE} at once (pages)`,
        await runWarmLoad(context, workers),
      ),
    ];
  },
};

/** Reads the next page at each operation; from the end again when it has reached the beginning. */
function pagerIn(user: Session, roomId: string): Worker {
  let from: string | undefined;
  return async () => {
    const page = await user.messages(roomId, { limit: PAGE, ...(from === undefined ? {} : { from }) });
    const end = at(page, "end");
    from = typeof end === "string" ? end : undefined;
  };
}
