/*
 * How this works. The tree is walked depth first, each space right before its children, every room once: that ends
 * circles. Rooms are looked at in batches: when the walk comes to one that was not, the next ones in line are looked at
 * with it, so that the queries do not grow with the children. The walk begins at the root for every page, passing over
 * what was told: then all of it is in memory, and no state is kept between the pages.
 */
import { previewable } from "../../engine/rooms/previewable.ts";
import type { Room } from "../../engine/rooms/room.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { Turns } from "../../engine/turns.ts";
import { childrenOf } from "./children.ts";

const BATCH = 50;
/** A walk that has come to so many rooms ends, whatever is left. */
const ROOM_LIMIT = 5_000;

/** A room of the tree that the user may know of. */
export interface TreeRoom {
  readonly room: Room;
  /** Its `m.space.child` events in order; empty when it is no space. */
  readonly children: readonly StoredEvent[];
}

export interface TreeWishes {
  readonly rootId: string;
  readonly userId: string;
  readonly suggestedOnly: boolean;
  /** The root is at depth 0. */
  readonly maxDepth: number;
}

interface Step {
  readonly roomId: string;
  readonly depth: number;
}

/** The rooms below a space that the user may know of, the space first. Nothing when that is one of the others. */
export async function* spaceTree(rooms: Rooms, wishes: TreeWishes): AsyncGenerator<TreeRoom> {
  const { rootId, maxDepth } = wishes;
  const looked = new Map<string, TreeRoom | undefined>();
  const seen = new Set<string>();
  const turns = new Turns();
  // The next step is the last of the list.
  const steps: Step[] = [{ roomId: rootId, depth: 0 }];
  for (let step = steps.pop(); step && seen.size < ROOM_LIMIT; step = steps.pop()) {
    const { roomId, depth } = step;
    if (seen.has(roomId)) continue;
    seen.add(roomId);
    if (!looked.has(roomId)) await lookAt(rooms, [roomId, ...nextOf(steps, looked)], { ...wishes, looked });
    await turns.next();
    const found = looked.get(roomId);
    if (!found) continue;
    yield found;
    if (depth >= maxDepth) continue;
    for (const { stateKey = "" } of found.children.toReversed()) steps.push({ roomId: stateKey, depth: depth + 1 });
  }
}

function nextOf(steps: readonly Step[], looked: ReadonlyMap<string, unknown>): string[] {
  const next = new Set<string>();
  for (let index = steps.length - 1; index >= 0 && next.size < BATCH; index--) {
    const roomId = steps[index]?.roomId ?? "";
    if (!looked.has(roomId)) next.add(roomId);
  }
  return [...next];
}

/** Fills `looked` for these rooms; `undefined` for those that are not known, or hidden from the user. */
async function lookAt(
  rooms: Rooms,
  roomIds: readonly string[],
  { userId, suggestedOnly, looked }: TreeWishes & { readonly looked: Map<string, TreeRoom | undefined> },
): Promise<void> {
  for (const roomId of roomIds) looked.set(roomId, undefined);
  const known = await rooms.getMany(roomIds);
  const visible = [...(await previewable(rooms, known, userId))];
  const spaces = await spacesAmong(rooms, visible);
  const states = await rooms.statesBesideMembers(spaces.map(({ publishedState }) => publishedState));
  const stateOf = new Map(spaces.map((space, index) => [space, states[index]]));
  for (const room of visible) {
    const children = (stateOf.get(room) ?? []).filter(({ pdu }) => pdu.type === "m.space.child");
    looked.set(room.roomId, { room, children: childrenOf(children, suggestedOnly) });
  }
}

async function spacesAmong(rooms: Rooms, list: readonly Room[]): Promise<Room[]> {
  const creates = await rooms.stateEventsAt(
    list.map(({ publishedState: root }) => ({ root, type: "m.room.create", stateKey: "" })),
  );
  return list.filter((_, index) => creates[index]?.pdu.content["type"] === "m.space");
}
