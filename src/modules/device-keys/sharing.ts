/*
 * With whom a user shares rooms at some point and did not at an earlier one, and the other way round. Nothing is kept for
 * it: the memberships of now say whose have changed since, and the events that they replaced say what those were. Users
 * whose memberships did not change, in rooms in which the user's did not, share what they shared. What happens while this
 * is read changes nothing: each membership that is newer than a point is followed back to it, whenever it was read.
 */
import { type MembershipsStore, parseMembership } from "../../engine/rooms/memberships.store.ts";
import { Turns } from "../../engine/turns.ts";
import { isJsonObject, parseJsonObject } from "../../protocol/json/json.ts";
import type { Sql } from "../../store/sql.ts";
import { type RoomMember, readMembersOf, readMembershipsBefore, readMovedSince, readRoomsOf } from "./sharing.store.ts";

/** Users, or events, that one query asks for. */
const ASKED_AT_ONCE = 500;

/** Two positions, and of which users it is to be known whether a room is shared. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
  readonly candidates: readonly string[];
}

/** Who has come to share a room with a user, and who shares none any more. */
export interface SharingChange {
  readonly joined: ReadonlySet<string>;
  readonly left: ReadonlySet<string>;
  /** Of the candidates, and of all who moved, those with whom a room is shared at the end. */
  readonly shared: ReadonlySet<string>;
}

/** A membership, and whether it was a join at the one position and at the other. */
interface Move {
  readonly member: RoomMember;
  readonly isJoinedThen: boolean;
  readonly isJoinedLater: boolean;
}

interface Needs {
  readonly sql: Sql;
  readonly memberships: Pick<MembershipsStore, "inRoom">;
}

/** How the sharing of rooms changed between positions. Cost: the memberships that changed, and the user's rooms. */
export async function sharingBetween(needs: Needs, userId: string, stretch: Stretch): Promise<SharingChange> {
  const { sql } = needs;
  const own = await movesOf(sql, await readRoomsOf(sql, userId), stretch);
  const roomsThen = roomsOf(own.filter(wasJoined));
  const roomsLater = roomsOf(own.filter(isJoined));
  const roomNids = [...roomsThen.union(roomsLater)];
  const concerned = await whoIsConcerned(needs, { roomNids, ownMoves: roomsOf(own.filter(isChanged)) }, stretch);
  concerned.delete(userId);
  const then = new Set<string>();
  const shared = new Set<string>();
  for await (const page of pagesOf([...concerned])) {
    const members = await readMembersOf(sql, page, { roomNids, position: stretch.from });
    for (const { member, isJoinedThen, isJoinedLater } of await movesOf(sql, members, stretch)) {
      if (isJoinedThen && roomsThen.has(member.roomNid)) then.add(member.userId);
      if (isJoinedLater && roomsLater.has(member.roomNid)) shared.add(member.userId);
    }
  }
  return { joined: shared.difference(then), left: then.difference(shared), shared };
}

/** Those whose sharing may have changed: who came or went, and all in rooms to which the user came or which it left. */
async function whoIsConcerned(
  { sql, memberships }: Needs,
  { roomNids, ownMoves }: { readonly roomNids: readonly number[]; readonly ownMoves: ReadonlySet<number> },
  stretch: Stretch,
): Promise<Set<string>> {
  const concerned = new Set(stretch.candidates);
  for (const roomNid of ownMoves)
    for await (const page of memberships.inRoom(roomNid, "join")) for (const { userId } of page) concerned.add(userId);
  // Read after the members: who left before those were read is among these.
  const moves = await movesOf(sql, await readMovedSince(sql, roomNids, stretch.from), stretch);
  for (const move of moves) if (isChanged(move) || ownMoves.has(move.member.roomNid)) concerned.add(move.member.userId);
  return concerned;
}

async function movesOf(sql: Sql, members: readonly RoomMember[], { from, until }: Stretch): Promise<Move[]> {
  const then = await joinedAt(sql, members, from);
  const later = await joinedAt(sql, members, until);
  return members.map((member) => ({ member, isJoinedThen: then.has(member), isJoinedLater: later.has(member) }));
}

/** Those that were joins at a position. */
async function joinedAt(sql: Sql, members: readonly RoomMember[], position: number): Promise<Set<RoomMember>> {
  const [unmoved, moved] = partition(members, (member) => member.position <= position);
  const joined = new Set(unmoved.filter(({ membership }) => membership === "join"));
  for await (const page of pagesOf(moved)) {
    const byPosition = new Map(page.map((member) => [member.position, member]));
    for (const { start, json } of await readMembershipsBefore(sql, [...byPosition.keys()], position)) {
      const member = byPosition.get(start);
      if (member && isJoinEvent(json)) joined.add(member);
    }
  }
  return joined;
}

async function* pagesOf<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  const turns = new Turns();
  for (let start = 0; start < items.length; start += ASKED_AT_ONCE) {
    await turns.next();
    yield items.slice(start, start + ASKED_AT_ONCE);
  }
}

const wasJoined = (move: Move): boolean => move.isJoinedThen;

const isJoined = (move: Move): boolean => move.isJoinedLater;

const isChanged = ({ isJoinedThen, isJoinedLater }: Move): boolean => isJoinedThen !== isJoinedLater;

const roomsOf = (moves: readonly Move[]): Set<number> => new Set(moves.map(({ member }) => member.roomNid));

function partition<T>(items: readonly T[], holds: (item: T) => boolean): [T[], T[]] {
  const { yes = [], no = [] } = Object.groupBy(items, (item) => (holds(item) ? "yes" : "no"));
  return [yes, no];
}

function isJoinEvent(json: string): boolean {
  const { content } = parseJsonObject(json);
  return isJsonObject(content) && parseMembership(content["membership"]) === "join";
}
