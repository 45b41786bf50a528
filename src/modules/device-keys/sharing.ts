/*
 * With whom a user shares rooms now and did not at some earlier point, and the other way round. Nothing is kept for it:
 * the memberships of now say whose have changed since, and the events that they replaced say what those were. Users whose
 * memberships did not change, in rooms in which the user's did not, share what they shared.
 */
import { type MembershipsStore, parseMembership } from "../../engine/rooms/memberships.store.ts";
import { Turns } from "../../engine/turns.ts";
import { isJsonObject, parseJsonObject } from "../../protocol/json/json.ts";
import type { Sql } from "../../store/sql.ts";
import { type RoomMember, readJoinedOf, readMembershipsBefore, readMovedSince, readRoomsOf } from "./sharing.store.ts";

/** Users, or events, that one query asks for. */
const ASKED_AT_ONCE = 500;

/** Who has come to share a room with a user, and who shares none any more. */
export interface SharingChange {
  readonly joined: ReadonlySet<string>;
  readonly left: ReadonlySet<string>;
}

/** A membership now, and whether it was a join then. */
interface Move {
  readonly member: RoomMember;
  readonly isJoinedThen: boolean;
}

interface Needs {
  readonly sql: Sql;
  readonly memberships: Pick<MembershipsStore, "inRoom">;
}

/** With whom the sharing of rooms changed after a position. Cost: the memberships that changed, and the user's rooms. */
export async function sharingSince(needs: Needs, userId: string, position: number): Promise<SharingChange> {
  const { sql } = needs;
  const own = await readRoomsOf(sql, userId);
  const [unmoved, movedOwn] = partition(own, (member) => member.position <= position);
  const ownMoves = await movesOf(sql, movedOwn, position);
  const roomsThen = roomsOf([...unmoved.filter(isJoined), ...ownMoves.filter(wasJoined).map(({ member }) => member)]);
  const roomsNow = roomsOf(own.filter(isJoined));
  const moved = await readMovedSince(sql, [...roomsThen.union(roomsNow)], position);
  const moves = await movesOf(sql, moved, position);
  const concerned = await whoIsConcerned(needs, moves, roomsOf(ownMoves.filter(isChanged).map(({ member }) => member)));
  concerned.delete(userId);
  const now = await joinedOf(sql, concerned, { roomNids: [...roomsNow], until: Number.MAX_SAFE_INTEGER });
  const then = await joinedOf(sql, concerned, { roomNids: [...roomsThen], until: position });
  for (const { member } of moves.filter(wasJoined)) if (roomsThen.has(member.roomNid)) then.add(member.userId);
  return { joined: now.difference(then), left: then.intersection(concerned).difference(now) };
}

/** Those whose sharing may have changed: who came or went, and all in rooms to which the user came or which it left. */
async function whoIsConcerned(
  { memberships }: Needs,
  moves: readonly Move[],
  ownRooms: ReadonlySet<number>,
): Promise<Set<string>> {
  const concerned = new Set<string>();
  for (const move of moves) if (isChanged(move) || ownRooms.has(move.member.roomNid)) concerned.add(move.member.userId);
  for (const roomNid of ownRooms)
    for await (const page of memberships.inRoom(roomNid, "join")) for (const { userId } of page) concerned.add(userId);
  return concerned;
}

async function movesOf(sql: Sql, members: readonly RoomMember[], position: number): Promise<Move[]> {
  const joinedThen = new Set<number>();
  for await (const page of pagesOf(members)) {
    const asked = page.map((member) => member.position);
    for (const { start, json } of await readMembershipsBefore(sql, asked, position))
      if (isJoinEvent(json)) joinedThen.add(start);
  }
  return members.map((member) => ({ member, isJoinedThen: joinedThen.has(member.position) }));
}

async function joinedOf(
  sql: Sql,
  userIds: ReadonlySet<string>,
  where: { readonly roomNids: readonly number[]; readonly until: number },
): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const page of pagesOf([...userIds]))
    for (const userId of await readJoinedOf(sql, page, where)) found.add(userId);
  return found;
}

async function* pagesOf<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  const turns = new Turns();
  for (let start = 0; start < items.length; start += ASKED_AT_ONCE) {
    await turns.next();
    yield items.slice(start, start + ASKED_AT_ONCE);
  }
}

const isJoined = ({ membership }: RoomMember): boolean => membership === "join";

const wasJoined = (move: Move): boolean => move.isJoinedThen;

const isChanged = ({ member, isJoinedThen }: Move): boolean => isJoinedThen !== isJoined(member);

const roomsOf = (members: readonly RoomMember[]): Set<number> => new Set(members.map(({ roomNid }) => roomNid));

function partition<T>(items: readonly T[], holds: (item: T) => boolean): [T[], T[]] {
  const { yes = [], no = [] } = Object.groupBy(items, (item) => (holds(item) ? "yes" : "no"));
  return [yes, no];
}

function isJoinEvent(json: string): boolean {
  const { content } = parseJsonObject(json);
  return isJsonObject(content) && parseMembership(content["membership"]) === "join";
}
