import type { Clock } from "../../clock.ts";
import type { Feed } from "../../engine/streams/feed.ts";
import type { SectionRequest } from "../../engine/streams/section.ts";
import type { Streams } from "../../engine/streams/streams.ts";
import { Turns } from "../../engine/turns.ts";
import type { Sql } from "../../store/sql.ts";
import { thoseAway } from "./away.ts";
import { joinsIn } from "./joins.ts";
import { eventOf, type Person, type PresenceEvent } from "./person.ts";
import { whoShareRooms } from "./presence.store.ts";
import type { IgnoredBy } from "../account-data/index.ts";
import type { Presences } from "./presences.ts";

/** The most that one answer tells: those who changed last. */
const TOLD_AT_MOST = 1_000;

export interface NewsNeeds {
  readonly presences: Presences;
  readonly streams: Pick<Streams, "feed" | "followed">;
  readonly sql: Sql;
  readonly clock: Clock;
  /** Whose presence is not told to a user: https://spec.matrix.org/v1.19/client-server-api/#ignoring-users */
  readonly ignoredBy: IgnoredBy;
}

/** What an answer is made for; as a section of `/sync` is asked, or less. */
export type NewsRequest = Pick<SectionRequest, "userId" | "since" | "changes"> & {
  /** Members of this room alone. */
  readonly roomId?: string;
  /** Whether the presence of a user is wanted; without, everybody's is. */
  readonly keeps?: (userId: string) => boolean;
  /** Events at most. */
  readonly limit?: number | undefined;
};

/**
 * The presence of those who share a room with a user, and the user's own: who changed since; of those whom the client does
 * not know yet (at the start, and by a room joined), who is not offline; with a join some of those who are (`away.ts`). Cost: the
 * changes of this server since then.
 */
export async function presenceNews(needs: NewsNeeds, request: NewsRequest): Promise<PresenceEvent[]> {
  const { userId, roomId } = request;
  const feed = await needs.streams.feed(userId);
  needs.presences.teller.isTold(feed);
  const limit = Math.min(request.limit ?? TOLD_AT_MOST, TOLD_AT_MOST);
  const ignored = await needs.ignoredBy(userId);
  const keeps = (other: string): boolean => !ignored.has(other) && request.keeps?.(other) !== false;
  const found = new Set<Person>();
  const unsure = new Set<Person>();
  const turns = new Turns();
  for (const person of candidates(needs.presences, request)) {
    if (found.size >= limit) break;
    await turns.next();
    if (!keeps(person.userId) || (roomId !== undefined && !person.rooms.has(roomId))) continue;
    const other = needs.streams.followed(person.userId);
    if (person.userId === userId || (other && doShareRoom(feed, other))) found.add(person);
    // Nobody keeps up the rooms of one whose client is gone for long: the database knows.
    else if (!other && unsure.size < limit) unsure.add(person);
  }
  const sharing = await whoOf(needs.sql, userId, unsure);
  const now = needs.clock.now();
  const told = [...found, ...sharing].slice(0, limit);
  const away = await thoseAway(needs, { ...request, keeps }, { told, rooms: feed.rooms, limit: limit - told.length });
  return [...told.map((person) => eventOf(person, now)), ...away];
}

/** Presence events for those who tell them in another way than `/sync`. */
export type PresenceEvents = (request: NewsRequest) => Promise<readonly PresenceEvent[]>;

async function whoOf(sql: Sql, userId: string, persons: ReadonlySet<Person>): Promise<Person[]> {
  if (persons.size === 0) return [];
  const all = [...persons];
  const ids = await whoShareRooms(
    sql,
    userId,
    all.map((person) => person.userId),
  );
  return all.filter((person) => ids.has(person.userId));
}

const isThere = ({ shown }: Person): boolean => shown.state !== "offline";

const doShareRoom = (a: Feed, b: Feed): boolean => !a.rooms.isDisjointFrom(b.rooms);

function* candidates(presences: Presences, { userId, since, changes }: NewsRequest): Generator<Person> {
  const { log } = presences.teller;
  const own = presences.get(userId);
  if (since === undefined || changes === undefined) {
    if (own) yield own;
    for (const person of log.since(0)) {
      if (isThere(person) || (since !== undefined && person.serial > since.ephemeral)) yield person;
    }
    return;
  }
  if (changes.some(({ kind }) => kind === "presence")) yield* log.since(since.ephemeral);
  const joins = joinsIn(changes, userId);
  for (const joined of joins.users) {
    const person = presences.get(joined);
    if (person) yield person;
  }
  if (joins.rooms.size === 0) return;
  const rooms = new Set(joins.rooms.keys());
  for (const person of log.since(0)) if (isThere(person) && !rooms.isDisjointFrom(person.rooms)) yield person;
}
