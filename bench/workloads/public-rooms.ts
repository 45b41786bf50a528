import { perSecond, runWarmLoad } from "../load.ts";
import { forEachAtOnce } from "../rooms.ts";
import type { Workload } from "../workload.ts";

const AT_ONCE = 4;
const ROOMS = 300;
const PAGE = 50;

/** Looking for a room. */
export const publicRooms: Workload = {
  name: "public-rooms",
  description: `A directory of ${ROOMS} rooms: its first page of ${PAGE}, and a search that finds a tenth of it. ${AT_ONCE} at once.`,

  async run(context) {
    const users = await context.accounts.shared(AT_ONCE);
    const [creator] = users;
    const numbers = Array.from({ length: ROOMS }, (_, index) => index);
    await forEachAtOnce(numbers, async (number) => {
      const name = number % 10 === 0 ? `Bobbins ${number}` : `Room ${number}`;
      await creator?.createRoom({ visibility: "public", preset: "public_chat", name, topic: "About weaving" });
    });
    const ask = async (body: object) =>
      await runWarmLoad(
        context,
        users.map((user) => async () => void (await user.request("POST", "publicRooms", { limit: PAGE, ...body }))),
      );
    const listing = await ask({});
    const searching = await ask({ filter: { generic_search_term: "bobbins" } });
    return [
      perSecond("public-rooms", `page of ${PAGE}, ${AT_ONCE} at once`, listing),
      perSecond("public-rooms", `search, ${AT_ONCE} at once`, searching),
    ];
  },
};
