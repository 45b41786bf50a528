import type { Clock } from "../../clock.ts";
import type { SectionRequest } from "../../engine/streams/section.ts";
import type { Sql } from "../../store/sql.ts";
import { joinsIn } from "./joins.ts";
import { eventOf, type Person, type PresenceEvent } from "./person.ts";
import { someMembers } from "./presence.store.ts";

/** Of the rooms joined, so many members are looked at. */
const LOOKED_AT = 100;

interface Needs {
  readonly presences: { get(userId: string): Person | undefined };
  readonly sql: Sql;
  readonly clock: Clock;
}

type Request = Pick<SectionRequest, "userId" | "changes"> & {
  readonly roomId?: string;
  readonly keeps: (userId: string) => boolean;
};

interface Told {
  /** Those whom the answer has already. */
  readonly told: readonly Person[];
  /** Rooms that the user is in. */
  readonly rooms: ReadonlySet<string>;
  readonly limit: number;
}

/**
 * Those who are offline among the ones whom a client meets by a join. Whoever is not told is offline, so that the text does
 * not ask for it; other servers tell it, and people then see since when somebody is away. Cost: one query when the user joined.
 */
export async function thoseAway(
  { presences, sql, clock }: Needs,
  { userId, changes = [], roomId, keeps }: Request,
  { told, rooms, limit }: Told,
): Promise<PresenceEvent[]> {
  const joins = joinsIn(changes, userId);
  const isLookedAt = (joined: string): boolean => rooms.has(joined) && (roomId === undefined || roomId === joined);
  const nids = [...joins.rooms].filter(([joined]) => isLookedAt(joined)).map(([, nid]) => nid);
  const members = limit === 0 || nids.length === 0 ? [] : await someMembers(sql, nids, LOOKED_AT);
  // Of those known here the caller has found out whether they still share a room.
  const unknown = [...joins.users].filter((other) => roomId === undefined && !presences.get(other));
  const met = new Set([...members, ...unknown]).difference(new Set([userId, ...told.map((person) => person.userId)]));
  const now = clock.now();
  const events = [...met].filter(keeps).map((other) => eventOfAway(other, presences.get(other), now));
  return events.filter((event) => event !== undefined).slice(0, limit);
}

/** `undefined` for one who is there: such a one is told otherwise. */
function eventOfAway(userId: string, person: Person | undefined, now: number): PresenceEvent | undefined {
  if (!person) return { type: "m.presence", sender: userId, content: { presence: "offline" } };
  return person.shown.state === "offline" ? eventOf(person, now) : undefined;
}
