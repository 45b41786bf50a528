import { inList } from "../../store/dialect.ts";
import type { Row, Sql } from "../../store/sql.ts";
import type { JsonValue } from "../../protocol/json/json.ts";
import { Turns } from "../turns.ts";
import type { Tx } from "../partitions/tx.ts";

export type Membership = "join" | "invite" | "knock" | "leave" | "ban";

/** Reads a membership; what is none counts as never having been there. */
export const parseMembership = (value: unknown): Membership =>
  value === "join" || value === "invite" || value === "knock" || value === "ban" ? value : "leave";

/** What a user is to a room, by the room's current state. */
export interface MembershipRecord {
  readonly userId: string;
  readonly roomId: string;
  readonly roomNid: number;
  readonly membership: Membership;
  /** Position of the `m.room.member` event. */
  readonly position: number;
  readonly isForgotten: boolean;
  /** For invites and knocks: the state events that tell the user what room it is, as client JSON. */
  readonly strippedState: JsonValue;
}

/** How many have a membership in a room. */
export interface MembershipCount {
  readonly roomNid: number;
  readonly membership: Membership;
  readonly count: number;
}

interface CountRow extends Row {
  readonly roomNid: number;
  readonly membership: string;
  readonly count: number;
}

/** One of a room's members, and the position of the event that made it so. */
export interface Member extends Row {
  readonly userId: string;
  readonly position: number;
}

interface MembershipRow extends Row {
  readonly userId: string;
  readonly roomId: string;
  readonly roomNid: number;
  readonly membership: string;
  readonly position: number;
  readonly forgotten: number;
  readonly strippedState: string;
}

/** Less than a millisecond, and some for those who read the events as well. */
const MEMBERS_AT_ONCE = 250;

const SELECT = `
  SELECT m.user_id AS "userId", r.room_id AS "roomId", m.room_nid AS "roomNid", m.membership, m.position, m.forgotten,
         m.stripped_state AS "strippedState"
  FROM memberships m JOIN rooms r ON r.room_nid = m.room_nid`;

const OF_USER = `${SELECT} WHERE m.user_id = $1`;
const OF_USER_IN_ROOM = `${SELECT} WHERE m.user_id = $1 AND m.room_nid = $2`;
const IN_ROOM = `
  SELECT user_id AS "userId", position FROM memberships
  WHERE room_nid = $1 AND membership = $2 AND position > $3 ORDER BY position LIMIT $4`;

const COUNTS = `
  SELECT room_nid AS "roomNid", membership, count(*) AS count FROM memberships
  WHERE membership IN ('join', 'invite') AND `;

const IN_ROOMS = `
  SELECT r.room_id AS "roomId", m.membership FROM rooms r JOIN memberships m ON m.room_nid = r.room_nid
  WHERE m.user_id = $1 AND `;

const UPSERT = `
  INSERT INTO memberships (user_id, room_nid, membership, position, forgotten, stripped_state)
  VALUES ($1, $2, $3, $4, 0, $5)
  ON CONFLICT (user_id, room_nid) DO UPDATE SET membership = excluded.membership, position = excluded.position,
    forgotten = 0, stripped_state = excluded.stripped_state`;

const FORGET =
  "UPDATE memberships SET forgotten = 1 WHERE user_id = $1 AND room_nid = $2 AND membership IN ('leave', 'ban')";

const HEROES = `
  SELECT user_id AS "userId", position FROM memberships
  WHERE room_nid = $1 AND membership = $2 AND user_id <> $3 ORDER BY position LIMIT $4`;

const CHANGED_SINCE = `
  SELECT r.room_id AS "roomId" FROM memberships m JOIN rooms r ON r.room_nid = m.room_nid
  WHERE m.user_id = $1 AND m.membership = 'join'
    AND EXISTS (SELECT 1 FROM events e WHERE e.room_nid = m.room_nid AND e.ordering > $2)`;

const SHARED = `
  SELECT count(*) AS count FROM memberships a JOIN memberships b ON a.room_nid = b.room_nid
  WHERE a.user_id = $1 AND b.user_id = $2 AND a.membership = 'join' AND b.membership = 'join'`;

export const membershipsStore = (sql: Sql) => ({
  /** Everything that the user is or was. */
  async ofUser(userId: string): Promise<MembershipRecord[]> {
    return (await sql.all<MembershipRow>(OF_USER, [userId])).map(toRecord);
  },

  async ofUserInRoom(userId: string, roomNid: number): Promise<MembershipRecord | undefined> {
    const row = await sql.get<MembershipRow>(OF_USER_IN_ROOM, [userId, roomNid]);
    return row && toRecord(row);
  },

  /** Those with a membership in a room, page by page, who had it first coming first. Pages let others have their turn. */
  async *inRoom(roomNid: number, membership: Membership): AsyncGenerator<readonly Member[]> {
    const turns = new Turns();
    for (let after = 0; ; ) {
      await turns.next();
      const page = await sql.all<Member>(IN_ROOM, [roomNid, membership, after, MEMBERS_AT_ONCE]);
      if (page.length > 0) yield page;
      if (page.length < MEMBERS_AT_ONCE) return;
      after = page.at(-1)?.position ?? after;
    }
  },

  /** How many are joined to rooms, and invited; nothing of those that have neither. */
  async countInRooms(roomNids: readonly number[]): Promise<MembershipCount[]> {
    const text = `${COUNTS}${inList(sql.dialect, "room_nid", "$1", "number")} GROUP BY room_nid, membership`;
    const rows = await sql.all<CountRow>(text, [JSON.stringify(roomNids)]);
    return rows.map(({ membership, ...row }) => ({ ...row, membership: parseMembership(membership) }));
  },

  /** What the user is to rooms, by room ID; those that the user never had to do with are left out. */
  async ofUserInRooms(userId: string, roomIds: readonly string[]): Promise<Map<string, Membership>> {
    const text = `${IN_ROOMS}${inList(sql.dialect, "r.room_id", "$2")}`;
    const rows = await sql.all<{ roomId: string; membership: string }>(text, [userId, JSON.stringify(roomIds)]);
    return new Map(rows.map(({ roomId, membership }) => [roomId, parseMembership(membership)]));
  },

  /** Some who are joined or invited, others than `userId`, the longest there first; without any, some who are gone. */
  async heroes(roomNid: number, userId: string, limit: number): Promise<string[]> {
    const firstOf = async (...memberships: readonly Membership[]): Promise<string[]> => {
      const lists = memberships.map((each) => sql.all<Member>(HEROES, [roomNid, each, userId, limit]));
      const found = (await Promise.all(lists)).flat().toSorted((a, b) => a.position - b.position);
      return found.slice(0, limit).map((member) => member.userId);
    };
    const present = await firstOf("join", "invite");
    return present.length > 0 ? present : await firstOf("leave", "ban");
  },

  /** Rooms in which the user is joined and something happened after `position`. */
  async roomsChangedSince(userId: string, position: number): Promise<string[]> {
    return (await sql.all<{ roomId: string }>(CHANGED_SINCE, [userId, position])).map((row) => row.roomId);
  },

  /** Whether two users are joined to a room in common. */
  async shareRoom(userId: string, otherId: string): Promise<boolean> {
    return ((await sql.get<{ count: number }>(SHARED, [userId, otherId]))?.count ?? 0) > 0;
  },
});

export type MembershipsStore = ReturnType<typeof membershipsStore>;

type NewMembership = Pick<MembershipRecord, "userId" | "roomNid" | "membership" | "position" | "strippedState">;

export function writeMembership(tx: Tx, m: NewMembership): void {
  tx.run(UPSERT, [m.userId, m.roomNid, m.membership, m.position, JSON.stringify(m.strippedState)]);
}

/** Hides a room that the user has left from everything that lists rooms. */
export function writeForgotten(tx: Tx, userId: string, roomNid: number): void {
  tx.run(FORGET, [userId, roomNid]);
}

function toRecord(row: MembershipRow): MembershipRecord {
  return {
    userId: row.userId,
    roomId: row.roomId,
    roomNid: row.roomNid,
    membership: parseMembership(row.membership),
    position: row.position,
    isForgotten: row.forgotten === 1,
    strippedState: JSON.parse(row.strippedState),
  };
}
