import { perSecond, runWarmLoad } from "../load.ts";
import { roomOf, senderIn } from "../rooms.ts";
import type { Workload } from "../workload.ts";

const ROOMS = 32;

/** Messages in many rooms at once: what the whole server bears. */
export const sendRooms: Workload = {
  name: "send-rooms",
  description: `${ROOMS} users send at once, each to a room of its own.`,

  async run(context) {
    const users = await context.accounts.shared(ROOMS);
    const workers = [];
    for (const user of users) workers.push(senderIn(user, await roomOf([user])));
    return [perSecond("send-rooms", `send, ${ROOMS} rooms`, await runWarmLoad(context, workers))];
  },
};
