import { perSecond, runWarmLoad } from "../load.ts";
import type { Workload } from "../workload.ts";

const AT_ONCE = 4;

/** Rooms: a burst of state events that depend on each other. */
export const roomCreate: Workload = {
  name: "room-create",
  description: `${AT_ONCE} users make one private room after another.`,

  async run(context) {
    const users = await context.accounts.shared(AT_ONCE);
    const workers = users.map((user) => async () => {
      await user.createRoom({ preset: "private_chat", name: "A room of the load" });
    });
    return [perSecond("room-create", `createRoom, ${AT_ONCE} at once`, await runWarmLoad(context, workers))];
  },
};
