import type { Worker } from "./load.ts";
import type { Session } from "./session.ts";

const TEXT = "The quick brown fox jumps over the lazy dog, and the dog does not mind.";
const AT_ONCE = 8;

/** A new room of the first user, with all the others in it. */
export async function roomOf(users: readonly Session[]): Promise<string> {
  const [creator, ...others] = users;
  if (!creator) throw new Error("a room needs a user");
  const roomId = await creator.createRoom();
  for (const user of others) await user.join(roomId);
  return roomId;
}

/** Sends one message at each operation. */
export function senderIn(user: Session, roomId: string): Worker {
  return async (round) => {
    await user.send(roomId, `${round} ${TEXT}`);
  };
}

/** Does something for every item, a few at once, in no order. */
export async function forEachAtOnce<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const open = [...items];
  const worker = async (): Promise<void> => {
    for (let item = open.shift(); item !== undefined; item = open.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
