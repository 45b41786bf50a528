import { perSecond, runWarmLoad } from "../load.ts";
import { roomOf, senderIn } from "../rooms.ts";
import type { Workload } from "../workload.ts";

const SENDERS = 16;

/** Messages of many senders in one room: what one room bears. */
export const send1Room: Workload = {
  name: "send-1room",
  description: `${SENDERS} users send to one room, each its next message when the last one was answered; then one user alone.`,

  async run(context) {
    const users = await context.accounts.shared(SENDERS);
    const roomId = await roomOf(users);
    const many = users.map((user) => senderIn(user, roomId));
    const together = await runWarmLoad(context, many);
    const alone = await runWarmLoad(context, many.slice(0, 1));
    return [
      perSecond("send-1room", `send, ${SENDERS} users in one room`, together),
      perSecond("send-1room", "send, 1 user", alone),
    ];
  },
};
