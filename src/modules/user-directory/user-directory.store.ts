import type { Tx } from "../../engine/partitions/tx.ts";
import { afterPrefix } from "../../store/folded-text.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A place in the list of all words and their users. */
export interface Place {
  readonly word: string;
  readonly userId: string;
}

/** A user with one of the words that begin as searched. */
export interface Candidate extends Place {
  /** `''` when there is none. */
  readonly displayName: string;
  readonly avatarUrl: string;
  /** Whether the searcher may find this user, and the other words fit too. */
  readonly isFound: boolean;
}

/** A part of a search. */
export interface Stretch {
  readonly searcher: string;
  /** Every one must be the beginning of a word; the first one says which words are looked at. */
  readonly prefixes: readonly [string, ...string[]];
  /** Not included. */
  readonly after: Place;
  readonly limit: number;
}

/** A room whose members the searcher may find. */
export interface FindingRoom extends Row {
  readonly roomNid: number;
}

/** A member of a room. */
export interface MemberCandidate extends Candidate {
  /** Of the membership. */
  readonly position: number;
}

/** A part of the members of a room. */
export interface MemberStretch extends Omit<Stretch, "after"> {
  readonly roomNid: number;
  /** Position; not included. */
  readonly after: number;
}

interface MemberRow extends CandidateRow {
  readonly position: number;
}

interface CandidateRow extends Row {
  readonly word: string;
  readonly userId: string;
  readonly displayName: string;
  readonly avatarUrl: string;
  readonly isFound: number;
}

// Of oneself only those know who may find everybody there: a room of one's own makes nobody findable.
const IS_VISIBLE = `
  EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = w.user_id AND m.membership = 'join' AND (
    EXISTS (SELECT 1 FROM open_rooms o WHERE o.room_nid = m.room_nid)
    OR m.user_id <> $5 AND m.room_nid IN
      (SELECT mine.room_nid FROM memberships mine WHERE mine.user_id = $5 AND mine.membership = 'join')))`;

// Those of oneself first: there are those whom one knows.
const FINDING_ROOMS = `
  SELECT room_nid AS "roomNid" FROM (
    SELECT m.room_nid, CASE WHEN o.room_nid IS NULL THEN 0 ELSE 1 END AS kind
    FROM memberships m LEFT JOIN open_rooms o ON o.room_nid = m.room_nid
    WHERE m.user_id = $1 AND m.membership = 'join'
    UNION ALL
    SELECT o.room_nid, 2 AS kind FROM open_rooms o
    WHERE NOT EXISTS (SELECT 1 FROM memberships m
                      WHERE m.user_id = $1 AND m.room_nid = o.room_nid AND m.membership = 'join')) r
  ORDER BY kind, room_nid DESC LIMIT $2`;

const ADD_USER = `
  INSERT INTO user_directory (user_id, display_name, avatar_url)
  SELECT user_id, '', '' FROM users WHERE user_id = $1 AND deactivated = 0
  ON CONFLICT (user_id) DO NOTHING`;
const ADD_WORD = `
  INSERT INTO user_directory_words (user_id, word)
  SELECT user_id, $2 FROM user_directory WHERE user_id = $1
  ON CONFLICT (user_id, word) DO NOTHING`;
const SET_NAME = "UPDATE user_directory SET display_name = $2 WHERE user_id = $1";
const SET_AVATAR = "UPDATE user_directory SET avatar_url = $2 WHERE user_id = $1";
const DELETE_WORDS = "DELETE FROM user_directory_words WHERE user_id = $1";
const DELETE_USER = "DELETE FROM user_directory WHERE user_id = $1";
const OPEN = "INSERT INTO open_rooms (room_nid) VALUES ($1) ON CONFLICT (room_nid) DO NOTHING";
const CLOSE = "DELETE FROM open_rooms WHERE room_nid = $1";

/** Looks through some users whose words begin as searched. Exact words come first. */
export async function readCandidates(
  sql: Sql,
  { searcher, prefixes: [first, ...others], after, limit }: Stretch,
): Promise<Candidate[]> {
  const conditions = others.map((_, index) => hasWord(2 * index + 6));
  const text = `
    SELECT w.word, w.user_id AS "userId", d.display_name AS "displayName", d.avatar_url AS "avatarUrl",
           CASE WHEN ${[...conditions, IS_VISIBLE].join(" AND ")} THEN 1 ELSE 0 END AS "isFound"
    FROM (SELECT word, user_id FROM user_directory_words
          WHERE (word, user_id) > ($1, $2) AND word < $3 ORDER BY word, user_id LIMIT $4) w
    JOIN user_directory d ON d.user_id = w.user_id
    ORDER BY w.word, w.user_id`;
  const ranges = others.flatMap((prefix) => [prefix, afterPrefix(prefix)]);
  const params = [after.word, after.userId, afterPrefix(first), limit, searcher, ...ranges];
  const rows = await sql.all<CandidateRow>(text, params);
  return rows.map((row) => ({ ...row, isFound: row.isFound === 1 }));
}

/** The rooms whose members the searcher may find, the own ones first, and of those the ones that are not open. */
export async function readFindingRooms(sql: Sql, searcher: string, limit: number): Promise<FindingRoom[]> {
  return await sql.all<FindingRoom>(FINDING_ROOMS, [searcher, limit]);
}

/** Looks through some members of a room of `readFindingRooms`, who was there first coming first; oneself is not found. */
export async function readMembers(
  sql: Sql,
  { searcher, prefixes: [first, ...others], roomNid, after, limit }: MemberStretch,
): Promise<MemberCandidate[]> {
  const conditions = ["d.user_id <> $4", ...others.map((_, index) => hasWord(2 * index + 7))];
  const text = `
    SELECT w.position, COALESCE(w.word, '') AS word, w.user_id AS "userId", COALESCE(d.display_name, '') AS "displayName",
           COALESCE(d.avatar_url, '') AS "avatarUrl",
           CASE WHEN w.word IS NOT NULL AND ${conditions.join(" AND ")} THEN 1 ELSE 0 END AS "isFound"
    FROM (SELECT m.user_id, m.position, (SELECT min(f.word) FROM user_directory_words f
                 WHERE f.user_id = m.user_id AND f.word >= $5 AND f.word < $6) AS word
          FROM (SELECT user_id, position FROM memberships
                WHERE room_nid = $1 AND membership = 'join' AND position > $2 ORDER BY position LIMIT $3) m) w
    LEFT JOIN user_directory d ON d.user_id = w.user_id
    ORDER BY w.position`;
  const ranges = [first, ...others].flatMap((prefix) => [prefix, afterPrefix(prefix)]);
  const rows = await sql.all<MemberRow>(text, [roomNid, after, limit, searcher, ...ranges]);
  return rows.map((row) => ({ ...row, isFound: row.isFound === 1 }));
}

const hasWord = (parameter: number): string =>
  `EXISTS (SELECT 1 FROM user_directory_words x
           WHERE x.user_id = w.user_id AND x.word >= $${parameter} AND x.word < $${parameter + 1})`;

/** Adds a user who has an account that works; one who is there already stays as before. */
export function insertUser(tx: Tx, userId: string, words: readonly string[]): void {
  tx.run(ADD_USER, [userId]);
  for (const word of words) tx.run(ADD_WORD, [userId, word]);
}

/** `words` are all that the user is found by from now on. */
export function updateName(tx: Tx, userId: string, displayName: string, words: readonly string[]): void {
  tx.run(SET_NAME, [userId, displayName]);
  tx.run(DELETE_WORDS, [userId]);
  for (const word of words) tx.run(ADD_WORD, [userId, word]);
}

export function updateAvatar(tx: Tx, userId: string, avatarUrl: string): void {
  tx.run(SET_AVATAR, [userId, avatarUrl]);
}

export function deleteUser(tx: Tx, userId: string): void {
  tx.run(DELETE_WORDS, [userId]);
  tx.run(DELETE_USER, [userId]);
}

/** Lets everybody find the members of a room, or no more. */
export function updateOpenness(tx: Tx, roomNid: number, isOpen: boolean): void {
  tx.run(isOpen ? OPEN : CLOSE, [roomNid]);
}
