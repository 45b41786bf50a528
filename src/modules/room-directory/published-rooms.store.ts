import type { Tx } from "../../engine/partitions/tx.ts";
import type { PublicRoomSummary } from "../../engine/rooms/room-summary.ts";
import { type Dialect, inList } from "../../store/dialect.ts";
import { fold, patternOf } from "../../store/folded-text.ts";
import type { Row, Sql, SqlValue } from "../../store/sql.ts";

/** Where a room stands in the directory: more members first, then the newer room. */
export interface Place {
  readonly joinedCount: number;
  readonly nid: number;
}

/** Down the list (to smaller rooms) or up again. */
export type Direction = "down" | "up";

/** Which rooms are looked for. */
export interface RoomFilter {
  /** Every one of these folded texts stands somewhere in name, topic or canonical alias. */
  readonly terms: readonly string[];
  /** One of these types, `''` for none; `undefined` for all rooms. */
  readonly types: readonly string[] | undefined;
}

/** Some rooms that follow one another in the directory. */
export interface Stretch {
  /** Not included. */
  readonly from: Place;
  readonly direction: Direction;
  readonly limit: number;
}

/** A room of a stretch, whether or not it is looked for. */
export interface ListedRoom extends Place {
  /** `undefined` when the filter leaves it out. */
  readonly summary: PublicRoomSummary | undefined;
}

interface ListedRow extends Row {
  readonly joinedCount: number;
  readonly nid: number;
  readonly summary: string | null;
}

interface Count extends Row {
  readonly count: number;
}

const ORDERS: Readonly<Record<Direction, readonly [comparison: string, order: string]>> = {
  down: ["<", "DESC"],
  up: [">", "ASC"],
};

const COUNT = "SELECT count(*) AS count FROM published_rooms";
const VISIBILITY = `SELECT is_published AS "isPublished" FROM rooms WHERE room_id = $1`;
const INSERT = `
  INSERT INTO published_rooms (room_nid, joined_count, room_type, search_text, summary)
  VALUES ($1, (SELECT count(*) FROM memberships WHERE room_nid = $1 AND membership = 'join'), $2, $3, $4)`;
const UPDATE = "UPDATE published_rooms SET room_type = $2, search_text = $3, summary = $4 WHERE room_nid = $1";
const CHANGE_COUNT = "UPDATE published_rooms SET joined_count = joined_count + $2 WHERE room_nid = $1";
const DELETE = "DELETE FROM published_rooms WHERE room_nid = $1";

/** Reads a stretch of the directory. Rooms without members are not part of it. */
export async function readStretch(
  sql: Sql,
  { from, direction, limit }: Stretch,
  { terms, types }: RoomFilter,
): Promise<ListedRoom[]> {
  const [comparison, order] = ORDERS[direction];
  const shown = shownColumn(sql.dialect, terms.length, types !== undefined);
  const text = `
    SELECT joined_count AS "joinedCount", room_nid AS nid, ${shown} AS summary FROM published_rooms
    WHERE (joined_count, room_nid) ${comparison} ($1, $2) AND joined_count > 0
    ORDER BY joined_count ${order}, room_nid ${order} LIMIT $3`;
  const params: SqlValue[] = [from.joinedCount, from.nid, limit, ...terms.map(patternOf)];
  if (types) params.push(JSON.stringify(types));
  return (await sql.all<ListedRow>(text, params)).map(toListed);
}

/** A column, not a condition: so that a stretch is of a known size, whatever it is searched for. */
function shownColumn(dialect: Dialect, termCount: number, hasTypes: boolean): string {
  const conditions = Array.from({ length: termCount }, (_, index) => `search_text LIKE $${index + 4} ESCAPE '\\'`);
  if (hasTypes) conditions.push(inList(dialect, "room_type", `$${termCount + 4}`));
  return conditions.length === 0 ? "summary" : `CASE WHEN ${conditions.join(" AND ")} THEN summary END`;
}

function toListed({ joinedCount, nid, summary }: ListedRow): ListedRoom {
  if (summary === null) return { joinedCount, nid, summary: undefined };
  const parsed = JSON.parse(summary) as PublicRoomSummary;
  return { joinedCount, nid, summary: { ...parsed, num_joined_members: joinedCount } };
}

/** How many rooms are published. */
export async function countPublished(sql: Sql): Promise<number> {
  return (await sql.get<Count>(COUNT))?.count ?? 0;
}

/** Whether the directory shows a room; `undefined` for a room that is not known. */
export async function readVisibility(sql: Sql, roomId: string): Promise<boolean | undefined> {
  const row = await sql.get<{ readonly isPublished: number }>(VISIBILITY, [roomId]);
  return row && row.isPublished === 1;
}

/** Cost: an index scan over the members, who are counted. */
export function insertPublished(tx: Tx, nid: number, summary: PublicRoomSummary): void {
  tx.run(INSERT, columnsOf(nid, summary));
}

/** Leaves the number of members as it is. */
export function updatePublished(tx: Tx, nid: number, summary: PublicRoomSummary): void {
  tx.run(UPDATE, columnsOf(nid, summary));
}

export function changeJoinedCount(tx: Tx, nid: number, change: number): void {
  tx.run(CHANGE_COUNT, [nid, change]);
}

export function deletePublished(tx: Tx, nid: number): void {
  tx.run(DELETE, [nid]);
}

function columnsOf(nid: number, summary: PublicRoomSummary): SqlValue[] {
  const { name = "", topic = "", canonical_alias: alias = "", room_type: type = "" } = summary;
  return [nid, type, fold(`${name}\n${topic}\n${alias}`), JSON.stringify(summary)];
}
