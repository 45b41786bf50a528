/*
 * The names of local members, of rooms in memory. They are read when the first message comes that may call somebody by
 * name, and kept up to date by the changes of memberships from then on.
 */
import { LRUCache } from "lru-cache";
import { NotLoaded } from "../../engine/rooms/not-loaded.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { RoomNames } from "./room-names.ts";

/** About 200 bytes each. */
const NAMES_IN_MEMORY = 100_000;
/** In rooms with more members, those of other servers among them, names are not looked for: to read them all takes long. */
const MEMBERS_READ = 20_000;

interface Needs {
  readonly rooms: Pick<Rooms, "events" | "memberships">;
  readonly serverName: string;
}

/** The display name that a membership states. */
export const displayNameIn = (content: { readonly [name: string]: unknown }): string | undefined => {
  const name = content["displayname"];
  return typeof name === "string" ? name : undefined;
};

/** By what names the local members of rooms may be called. */
export class Names {
  readonly #needs: Needs;
  readonly #byNid = new LRUCache<number, RoomNames>({
    maxSize: NAMES_IN_MEMORY,
    sizeCalculation: ({ size }) => 1 + size,
  });
  /** On their way from the database; changes meanwhile go before what is read. */
  readonly #loading = new Map<number, { readonly names: RoomNames; readonly done: Promise<void> }>();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** @throws NotLoaded when they are not in memory */
  need(roomNid: number): RoomNames {
    const names = this.#byNid.get(roomNid);
    if (!names) throw new NotLoaded(async () => await this.#load(roomNid));
    return names;
  }

  /** Begins a new room, which nobody is in yet. */
  begin(roomNid: number): void {
    this.#byNid.set(roomNid, new RoomNames());
  }

  /** To be called when a local user came, changed the display name, or left. */
  changed(
    roomNid: number,
    userId: string,
    now: { readonly isJoined: boolean; readonly displayName?: string | undefined },
  ): void {
    for (const names of [this.#byNid.peek(roomNid), this.#loading.get(roomNid)?.names]) {
      if (now.isJoined) names?.set(userId, now.displayName);
      else names?.remove(userId);
    }
  }

  async #load(roomNid: number): Promise<void> {
    const running = this.#loading.get(roomNid);
    if (running) return await running.done;
    const names = new RoomNames();
    const done = this.#fill(roomNid, names).finally(() => this.#loading.delete(roomNid));
    this.#loading.set(roomNid, { names, done });
    await done;
  }

  async #fill(roomNid: number, names: RoomNames): Promise<void> {
    const { rooms, serverName } = this.#needs;
    let readCount = 0;
    for await (const page of rooms.memberships.inRoom(roomNid, "join")) {
      readCount += page.length;
      if (readCount > MEMBERS_READ) names.close();
      if (names.isFull) break;
      const local = page.filter(({ userId }) => userId.endsWith(`:${serverName}`));
      const members = await rooms.events.byPositions(local.map(({ position }) => position));
      for (const { stateKey = "", pdu } of members)
        if (!names.has(stateKey)) names.set(stateKey, displayNameIn(pdu.content));
    }
    this.#byNid.set(roomNid, names);
  }
}
