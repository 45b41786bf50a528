import { medianMs, perSecond, runLoad, runWarmLoad } from "../load.ts";
import type { Measurement } from "../measurement.ts";
import { registerGuest } from "../registration.ts";
import { forEachAtOnce, senderIn } from "../rooms.ts";
import { encode, type Session } from "../session.ts";
import type { Context, Workload } from "../workload.ts";

const SENDERS = 16;
const TIMES = 5;
const LAZY = { room: { state: { lazy_load_members: true } } };

/** A room with very many members, which nothing but the answers that list them may notice. */
export const bigRoom: Workload = {
  name: "big-room",
  description:
    "A room whose members are guests (2,000, or `--members`): joining it, early and late; sending, by one and by several; the lists of its members; an initial sync with lazy members. While a list is made, another client asks for something small again and again: its longest wait says for how long the server does nothing else. Where we started the server it is started again, and the first message timed.",

  async run(context) {
    const [creator] = await context.accounts.fresh(1);
    if (!creator) throw new Error("no users");
    const guest_access = { type: "m.room.guest_access", state_key: "", content: { guest_access: "can_join" } };
    const roomId = await creator.createRoom({ preset: "public_chat", initial_state: [guest_access] });
    const members: Session[] = [];
    const early = await joinSome(context, roomId, members, Math.ceil(context.members / 5));
    await joinSome(context, roomId, members, Math.ceil((context.members * 3) / 5));
    const late = await joinSome(context, roomId, members, context.members - members.length);
    return [
      line(`time of a join, last fifth against first, ${context.members} members`, late / early, "x"),
      ...(await sending(context, roomId, [creator, ...members])),
      ...(await restarted(context, roomId, creator)),
      ...(await lists(context, roomId, creator, members[0] ?? creator)),
    ];
  },
};

/** Adds so many guests to the room; milliseconds for each. */
async function joinSome(context: Context, roomId: string, members: Session[], count: number): Promise<number> {
  const guests: Session[] = [];
  const numbers = Array.from({ length: count }, (_, index) => index);
  await forEachAtOnce(numbers, async () => void guests.push(await registerGuest(context.client)));
  const start = performance.now();
  await forEachAtOnce(guests, async (guest) => await guest.join(roomId));
  members.push(...guests);
  return (performance.now() - start) / count;
}

async function sending(context: Context, roomId: string, members: readonly Session[]): Promise<Measurement[]> {
  const workers = members.slice(0, SENDERS).map((member) => senderIn(member, roomId));
  const what = `send in a room of ${context.members}`;
  return [
    perSecond("big-room", `${what}, ${SENDERS} users`, await runWarmLoad(context, workers)),
    perSecond("big-room", `${what}, 1 user`, await runWarmLoad(context, workers.slice(0, 1))),
  ];
}

async function restarted({ target, members }: Context, roomId: string, sender: Session): Promise<Measurement[]> {
  if (!target.stop || !target.start) return [];
  await target.stop();
  await target.start();
  const start = performance.now();
  await sender.send(roomId, "first after the start");
  return [line(`first message after a start, ${members} members`, performance.now() - start, "ms")];
}

async function lists(context: Context, roomId: string, reader: Session, other: Session): Promise<Measurement[]> {
  const rooms = (what: string): string => encode`rooms/${roomId}/` + what;
  const asked: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["/joined_members", async () => await reader.requestText(rooms("joined_members"))],
    ["/members", async () => await reader.requestText(rooms("members"))],
    ["initial sync, lazy members", async () => await reader.syncText({ filter: LAZY })],
  ];
  const lines: Measurement[] = [];
  for (const [name, ask] of asked) {
    let longestMs = 0;
    const worker = async (): Promise<void> => {
      longestMs = Math.max(longestMs, await longestWaitDuring(other, ask));
    };
    const result = await runLoad(context, [worker], { operations: TIMES });
    lines.push(medianMs("big-room", `${name} of ${context.members}, p50 of ${TIMES}`, result));
    lines.push(line(`longest wait of another client during ${name}`, longestMs, "ms"));
  }
  return lines;
}

async function longestWaitDuring(other: Session, ask: () => Promise<unknown>): Promise<number> {
  const over = new AbortController();
  const asking = ask().finally(() => over.abort());
  let longestMs = 0;
  while (!over.signal.aborted) {
    const start = performance.now();
    await other.request("GET", "account/whoami");
    longestMs = Math.max(longestMs, performance.now() - start);
  }
  await asking;
  return longestMs;
}

const line = (name: string, value: number, unit: Measurement["unit"]): Measurement => ({
  workload: "big-room",
  name,
  value,
  unit,
  better: "less",
});
