import { Listeners } from "../listeners.ts";
import { perSecond, runWarmLoad } from "../load.ts";
import { roomOf } from "../rooms.ts";
import { encode, type Session } from "../session.ts";
import type { Workload } from "../workload.ts";

const READERS = 8;
const LISTENERS = 20;
const MESSAGES = 2000;

/** People who read. */
export const receipts: Workload = {
  name: "receipts",
  description: `${READERS} users read on in a room of ${MESSAGES} messages, one receipt after another: with nobody who listens, and with ${LISTENERS} in long polls.`,

  async run(context) {
    const users = await context.accounts.shared(READERS + LISTENERS);
    const roomId = await roomOf(users);
    const [sender, ...others] = users;
    if (!sender) throw new Error("no users");
    const eventIds: string[] = [];
    for (let index = 0; index < MESSAGES; index += 1) eventIds.push(await sender.send(roomId, `message ${index}`));
    const readers = others.slice(0, READERS).map((user) => readerOf(user, roomId, eventIds));
    const silent = await runWarmLoad(context, readers);
    await using listeners = await Listeners.start(others.slice(READERS - 1));
    const heard = await runWarmLoad(context, readers);
    await listeners[Symbol.asyncDispose]();
    return [
      perSecond("receipts", `receipt, ${READERS} users`, silent),
      perSecond("receipts", `receipt, ${READERS} users, ${LISTENERS} listen`, heard),
    ];
  },
};

/** Reads one message further at each operation. At the end it begins again: those receipts change nothing. */
function readerOf(user: Session, roomId: string, eventIds: readonly string[]) {
  let next = 0;
  return async (): Promise<void> => {
    const eventId = eventIds[next++ % eventIds.length] ?? "";
    await user.request("POST", encode`rooms/${roomId}/receipt/m.read/${eventId}`, {});
  };
}
