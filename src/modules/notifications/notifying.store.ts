import type { Tx } from "../../engine/partitions/tx.ts";
import { inList, rowsIn } from "../../store/dialect.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** What an event counts for an audience, beside what it counts for everybody. See the migration. */
export interface NotifyingRow {
  readonly position: number;
  readonly audience: string;
  /** `main`, or the event ID of the thread's root. */
  readonly thread: string;
  readonly sender: string;
  readonly notify: number;
  readonly highlight: number;
}

/** A room in which something is counted for a user. */
export interface CountedRoom {
  readonly roomNid: number;
  /** Nothing up to this position counts. */
  readonly floor: number;
  /** The rule set of the user in this room; `''` for the default rules. */
  readonly ruleSet: string;
}

/** A thread of which nothing up to a position counts. */
export interface ThreadFloor {
  readonly roomNid: number;
  readonly thread: string;
  readonly floor: number;
}

/** What is counted in a thread. */
export interface ThreadCount {
  readonly roomNid: number;
  readonly thread: string;
  readonly notify: number;
  readonly highlight: number;
}

/** An event that notified a user. */
export interface Notice {
  readonly roomNid: number;
  readonly position: number;
  readonly thread: string;
}

const INSERT = `
  INSERT INTO notifying (room_nid, position, audience, thread, sender, notify, highlight)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;
const SILENCE = "UPDATE notifying SET notify = 0, highlight = 0 WHERE room_nid = $1 AND position = $2";
const DELETE_BETWEEN = `
  DELETE FROM notifying WHERE room_nid = $1 AND position > $2 AND position <= $3 AND audience IN ($4, $5)`;
const PRUNE = `
  DELETE FROM notifying WHERE room_nid = $1 AND position < (
    SELECT position FROM notifying WHERE room_nid = $1 AND audience = '' ORDER BY position DESC LIMIT 1 OFFSET $2)`;

const FOR_EVERYBODY = `
  SELECT position, audience, thread, sender, notify, highlight FROM notifying
  WHERE room_nid = $1 AND position >= $2 AND position <= $3 AND audience = ''`;

const ASKED = { room_nid: "number", floor: "number", rule_set: "string", own: "string" } as const;

export function insertRow(tx: Tx, roomNid: number, row: NotifyingRow): void {
  tx.run(INSERT, [roomNid, row.position, row.audience, row.thread, row.sender, row.notify, row.highlight]);
}

/** Lets an event count nothing any more. */
export function silence(tx: Tx, roomNid: number, position: number): void {
  tx.run(SILENCE, [roomNid, position]);
}

/** Deletes the rows of a rule set, and those of a user under it, in a stretch: `after` exclusive, `to` inclusive. */
export function deleteBetween(
  tx: Tx,
  roomNid: number,
  { after, to, audiences }: { after: number; to: number; audiences: readonly [string, string] },
): void {
  tx.run(DELETE_BETWEEN, [roomNid, after, to, ...audiences]);
}

/** Keeps the rows of the last so many events that notified everybody. */
export function prune(tx: Tx, roomNid: number, kept: number): void {
  tx.run(PRUNE, [roomNid, kept]);
}

/** What events of a stretch (both ends inclusive) count for everybody. */
export async function rowsForEverybody(sql: Sql, roomNid: number, from: number, to: number): Promise<NotifyingRow[]> {
  return await sql.all<NotifyingRow & Row>(FOR_EVERYBODY, [roomNid, from, to]);
}

/** What is to be counted. */
export interface CountsWanted {
  readonly rooms: readonly CountedRoom[];
  /** Receipts of threads that say more than the floor of the room. */
  readonly floors: readonly ThreadFloor[];
  /** Nothing after this position. */
  readonly upTo: number;
  /** Those whose messages do not count. */
  readonly ignored: ReadonlySet<string>;
}

/**
 * Counts for a user, in several rooms, by thread. What the user sent does not count, nor what came before it in the thread.
 */
export async function countIn(sql: Sql, userId: string, asked: CountsWanted): Promise<ThreadCount[]> {
  const floors = asked.floors.map(({ roomNid, thread, floor }) => [roomNid, thread, floor]);
  const text = `
    WITH asked AS (${rowsIn(sql.dialect, "$1", ASKED)}),
      floors AS (${rowsIn(sql.dialect, "$2", { room_nid: "number", thread: "string", floor: "number" })}),
      spoken AS (
        SELECT n.room_nid, n.thread, MAX(n.position) AS position
        FROM asked a JOIN notifying n ON n.room_nid = a.room_nid AND n.position > a.floor
        WHERE n.audience = '' AND n.sender = $3 AND n.position <= $4 GROUP BY n.room_nid, n.thread)
    SELECT n.room_nid AS "roomNid", n.thread, CAST(SUM(n.notify) AS BIGINT) AS notify,
           CAST(SUM(n.highlight) AS BIGINT) AS highlight
    FROM asked a JOIN notifying n ON n.room_nid = a.room_nid AND n.position > a.floor
      LEFT JOIN floors f ON f.room_nid = n.room_nid AND f.thread = n.thread
      LEFT JOIN spoken s ON s.room_nid = n.room_nid AND s.thread = n.thread
    WHERE n.position <= $4 AND n.audience IN ('', a.rule_set, a.own)
      AND n.sender <> $3 AND NOT (${inList(sql.dialect, "n.sender", "$5")})
      AND n.position > COALESCE(f.floor, 0) AND n.position > COALESCE(s.position, 0)
    GROUP BY n.room_nid, n.thread`;
  const params = [askedText(userId, asked.rooms), JSON.stringify(floors), userId, asked.upTo, listText(asked.ignored)];
  return await sql.all<ThreadCount & Row>(text, params);
}

/** A page of what notified a user: before a position and not before another, the latest first. */
export interface NoticesWanted {
  readonly rooms: readonly CountedRoom[];
  readonly from: number;
  readonly before: number;
  readonly onlyHighlights: boolean;
  readonly limit: number;
  /** Those of whose messages nothing is told. */
  readonly ignored: ReadonlySet<string>;
}

export async function noticesIn(sql: Sql, userId: string, wanted: NoticesWanted): Promise<Notice[]> {
  const text = `
    WITH asked AS (${rowsIn(sql.dialect, "$1", ASKED)})
    SELECT n.room_nid AS "roomNid", n.position, MIN(n.thread) AS thread
    FROM asked a JOIN notifying n ON n.room_nid = a.room_nid AND n.position > a.floor
    WHERE n.position >= $3 AND n.position < $4 AND n.audience IN ('', a.rule_set, a.own)
      AND n.sender <> $2 AND NOT (${inList(sql.dialect, "n.sender", "$7")})
    GROUP BY n.room_nid, n.position HAVING SUM(n.notify) > 0 AND SUM(n.highlight) >= $5
    ORDER BY n.position DESC LIMIT $6`;
  const { from, before, onlyHighlights, limit, ignored } = wanted;
  const asked = askedText(userId, wanted.rooms);
  const params = [asked, userId, from, before, onlyHighlights ? 1 : 0, limit, listText(ignored)];
  return await sql.all<Notice & Row>(text, params);
}

/** Where a user last spoke in the threads of some rooms. */
export async function spokenIn(sql: Sql, userId: string, rooms: readonly CountedRoom[]): Promise<ThreadFloor[]> {
  const text = `
    WITH asked AS (${rowsIn(sql.dialect, "$1", ASKED)})
    SELECT n.room_nid AS "roomNid", n.thread, MAX(n.position) AS floor
    FROM asked a JOIN notifying n ON n.room_nid = a.room_nid AND n.position > a.floor
    WHERE n.audience = '' AND n.sender = $2 GROUP BY n.room_nid, n.thread`;
  return await sql.all<ThreadFloor & Row>(text, [askedText(userId, rooms), userId]);
}

/** The audience that a user is alone, under a rule set. */
export const ownAudience = (ruleSet: string, userId: string): string => `${ruleSet}${userId}`;

const listText = (list: ReadonlySet<string>): string => JSON.stringify([...list]);

const askedText = (userId: string, rooms: readonly CountedRoom[]): string =>
  JSON.stringify(rooms.map(({ roomNid, floor, ruleSet }) => [roomNid, floor, ruleSet, ownAudience(ruleSet, userId)]));
