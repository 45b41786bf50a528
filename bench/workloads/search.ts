import { medianMs, perSecond, runWarmLoad, type Worker } from "../load.ts";
import { forEachAtOnce, roomOf } from "../rooms.ts";
import type { Session } from "../session.ts";
import type { Workload } from "../workload.ts";

const AT_ONCE = 4;
const MESSAGES = 2000;
const WORDS_IN_MESSAGE = 12;
const VOCABULARY = 600;
const PAGE = 20;

/** Finding again. */
export const search: Workload = {
  name: "search",
  description: `${AT_ONCE} users search for one word, ${PAGE} results a page, in a room of ${MESSAGES} messages of random words.`,

  async run(context) {
    const users = await context.accounts.shared(AT_ONCE);
    const roomId = await roomOf(users);
    const [first] = users;
    const texts = Array.from({ length: MESSAGES }, () => Array.from({ length: WORDS_IN_MESSAGE }, anyWord).join(" "));
    await forEachAtOnce(texts, async (text) => {
      await first?.send(roomId, text);
    });
    const workers = users.map((user) => searcherIn(user, roomId));
    const what = `search for a word, page of ${PAGE}`;
    return [
      perSecond("search", `${what}, ${AT_ONCE} at once`, await runWarmLoad(context, workers)),
      medianMs("search", `${what}, p50 of 1 user`, await runWarmLoad(context, workers.slice(0, 1))),
    ];
  },
};

/** Searches for another word at each operation. */
const searcherIn =
  (user: Session, roomId: string): Worker =>
  async () => {
    const room_events = { search_term: anyWord(), order_by: "recent", filter: { limit: PAGE, rooms: [roomId] } };
    await user.request("POST", "search", { search_categories: { room_events } });
  };

const anyWord = (): string => wordOf(Math.floor(Math.random() * VOCABULARY));

/** The words of a made-up language, all different, of about six letters. */
function wordOf(number: number): string {
  const syllables = ["ba", "ren", "ti", "mo", "sul", "ka", "dor", "pe", "lin", "gu"];
  return [number % 10, Math.floor(number / 10) % 10, Math.floor(number / 100)].map((at) => syllables[at]).join("");
}
