import { medianMs, perSecond, runLoad, runWarmLoad } from "../load.ts";
import type { Measurement } from "../measurement.ts";
import { textAt } from "../read-json.ts";
import { forEachAtOnce } from "../rooms.ts";
import type { Session } from "../session.ts";
import type { Context, Workload } from "../workload.ts";

const SIZES = [50, 200];
const MESSAGES = 20;
const TIMES = 5;
const LAZY = { room: { state: { lazy_load_members: true }, timeline: { limit: MESSAGES } } };
const FULL = { room: { timeline: { limit: MESSAGES } } };

/** Initial syncs of this run. */
let askedCount = 0;

/** A client that starts from nothing. */
export const initialSync: Workload = {
  name: "initial-sync",
  description: `A user in ${SIZES.join(" and in ")} rooms of ${MESSAGES} messages each syncs without a token, with lazy members and without; then it syncs with a token: with nothing new, and with one event.`,

  async run(context) {
    const [reader, sender] = await context.accounts.fresh(2);
    if (!reader || !sender) throw new Error("no users");
    const lines: Measurement[] = [];
    let rooms: string[] = [];
    for (const size of SIZES) {
      const more = await makeRooms(reader, sender, size - rooms.length);
      rooms = [...rooms, ...more];
      lines.push(...(await measure(context, { reader, sender, rooms })));
    }
    return lines;
  },
};

async function makeRooms(reader: Session, sender: Session, count: number): Promise<string[]> {
  const rooms: string[] = [];
  await forEachAtOnce(
    Array.from({ length: count }, (_, index) => index),
    async (index) => {
      const roomId = await sender.createRoom({ preset: "public_chat", name: `Room ${index}` });
      await reader.join(roomId);
      for (let message = 0; message < MESSAGES; message += 1) await sender.send(roomId, `message ${message}`);
      rooms.push(roomId);
    },
  );
  return rooms;
}

type Scene = { readonly reader: Session; readonly sender: Session; readonly rooms: readonly string[] };

async function measure(context: Context, scene: Scene): Promise<readonly Measurement[]> {
  const what = `${scene.rooms.length} rooms`;
  return [
    ...(await initial(context, scene.reader, LAZY, `${what}, lazy members`)),
    ...(await initial(context, scene.reader, FULL, `${what}, full`)),
    ...(await incremental(context, scene, what)),
  ];
}

async function initial(context: Context, reader: Session, filter: object, what: string) {
  let size = 0;
  // Some servers keep an answer for minutes and give it again to the same question: it is never the same.
  const worker = async (): Promise<void> => {
    askedCount += 1;
    size = Buffer.byteLength(await reader.syncText({ filter: { ...filter, presence: { limit: 1000 + askedCount } } }));
  };
  const result = await runLoad(context, [worker], { operations: TIMES });
  const weight: Measurement = {
    workload: "initial-sync",
    name: `size of that answer, ${what}`,
    value: size / 1024,
    unit: "KiB",
    better: "less",
  };
  return [medianMs("initial-sync", `initial sync of ${what}, p50 of ${TIMES}`, result), weight];
}

async function incremental(context: Context, { reader, sender, rooms }: Scene, what: string) {
  let since = textAt(await reader.sync({ filter: LAZY }), "next_batch");
  const nothing = async (): Promise<void> => {
    since = textAt(await reader.sync({ since, filter: LAZY }), "next_batch");
  };
  const idling = await runWarmLoad(context, [nothing]);
  const latenciesMs: number[] = [];
  const one = async (round: number): Promise<void> => {
    const eventId = await sender.send(rooms[round % rooms.length] ?? "", `one more ${round}`);
    const before = performance.now();
    for (let answer = ""; !answer.includes(eventId); ) {
      answer = await reader.syncText({ since, filter: LAZY, timeoutMs: 5000 });
      since = textAt(JSON.parse(answer), "next_batch");
    }
    latenciesMs.push(performance.now() - before);
  };
  const events = await runLoad(context, [one], { seconds: context.seconds });
  return [
    perSecond("initial-sync", `sync with nothing new, ${what}, 1 at once`, idling),
    // The sending is not part of the time, but of the processor time.
    medianMs("initial-sync", `sync of 1 event, ${what}, p50`, { ...events, latenciesMs }),
  ];
}
