import { perSecond, runWarmLoad } from "../load.ts";
import { encode, type Session } from "../session.ts";
import type { Workload } from "../workload.ts";

const AT_ONCE = 4;
const SPACES = 4;
const ROOMS = 12;

/** A space as a client walks through it. */
export const hierarchy: Workload = {
  name: "hierarchy",
  description: `A space of ${SPACES} spaces with ${ROOMS} rooms each, asked for whole. ${AT_ONCE} at once.`,

  async run(context) {
    const users = await context.accounts.shared(AT_ONCE);
    const [creator] = users;
    if (!creator) throw new Error("no users");
    const spaces: string[] = [];
    for (let index = 0; index < SPACES; index += 1) {
      const rooms: string[] = [];
      for (let room = 0; room < ROOMS; room += 1) {
        rooms.push(await creator.createRoom({ preset: "public_chat", name: `Room ${room}` }));
      }
      spaces.push(await spaceOf(creator, rooms));
    }
    const top = await spaceOf(creator, spaces);
    const path = `${encode`rooms/${top}/hierarchy`}?limit=100`;
    const workers = users.map((user) => async () => void (await user.requestText(path, "v1")));
    const count = 1 + SPACES * (1 + ROOMS);
    return [
      perSecond("hierarchy", `hierarchy of ${count} rooms, ${AT_ONCE} at once`, await runWarmLoad(context, workers)),
    ];
  },
};

async function spaceOf(creator: Session, children: readonly string[]): Promise<string> {
  const initial_state = children.map((child) => ({
    type: "m.space.child",
    state_key: child,
    content: { via: ["localhost"] },
  }));
  const creation_content = { type: "m.space" };
  return await creator.createRoom({ preset: "public_chat", name: "Space", creation_content, initial_state });
}
