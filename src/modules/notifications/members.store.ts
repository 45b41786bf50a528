import type { Tx } from "../../engine/partitions/tx.ts";
import { inList } from "../../store/dialect.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** What a room is to a local member, as to counting. See the migration. */
export interface NotifiedMember {
  readonly roomNid: number;
  readonly joinedAt: number;
  readonly ruleSet: string;
  readonly coveredFrom: number;
  readonly changedAt: number;
}

/** A member for whom a room counts by other rules than the default ones. */
export interface CustomisedMember {
  readonly roomNid: number;
  readonly userId: string;
  readonly ruleSet: string;
  readonly rules: string;
}

const JOIN = `
  INSERT INTO notified_members (user_id, room_nid, joined_at, rule_set, covered_from, changed_at)
  VALUES ($1, $2, $3, '', 0, 0)
  ON CONFLICT (user_id, room_nid) DO UPDATE SET joined_at = excluded.joined_at, rule_set = '', covered_from = 0,
    changed_at = 0`;
const LEAVE = "DELETE FROM notified_members WHERE user_id = $1 AND room_nid = $2";
const CHANGE = `
  UPDATE notified_members SET rule_set = $3, covered_from = $4, changed_at = $5 WHERE user_id = $1 AND room_nid = $2`;
const ADD_RULES = "INSERT INTO counted_rule_sets (rule_set, rules) VALUES ($1, $2) ON CONFLICT (rule_set) DO NOTHING";
const DROP_RULES = `
  DELETE FROM counted_rule_sets WHERE rule_set = $1
    AND NOT EXISTS (SELECT 1 FROM notified_members WHERE rule_set = $1 AND rule_set <> '')`;

const SELECT = `
  SELECT room_nid AS "roomNid", joined_at AS "joinedAt", rule_set AS "ruleSet", covered_from AS "coveredFrom",
         changed_at AS "changedAt"
  FROM notified_members WHERE user_id = $1`;

export function writeJoin(tx: Tx, userId: string, roomNid: number, position: number): void {
  tx.run(JOIN, [userId, roomNid, position]);
}

export function deleteMember(tx: Tx, userId: string, roomNid: number): void {
  tx.run(LEAVE, [userId, roomNid]);
}

/** Has the room count by another rule set, of which `rules` is the text; `before` is dropped when nobody has it any more. */
export function writeRuleSet(
  tx: Tx,
  userId: string,
  member: Omit<NotifiedMember, "joinedAt"> & { readonly rules: string; readonly before: string },
): void {
  const { roomNid, ruleSet, coveredFrom, changedAt, rules, before } = member;
  if (ruleSet !== "") tx.run(ADD_RULES, [ruleSet, rules]);
  tx.run(CHANGE, [userId, roomNid, ruleSet, coveredFrom, changedAt]);
  dropRules(tx, before);
}

/** Drops a rule set that nobody has. */
export function dropRules(tx: Tx, ruleSet: string): void {
  if (ruleSet !== "") tx.run(DROP_RULES, [ruleSet]);
}

/** What rooms are to a user; those that the user is not in are left out. */
export async function membersOf(sql: Sql, userId: string, roomNids: readonly number[]): Promise<NotifiedMember[]> {
  const text = `${SELECT} AND ${inList(sql.dialect, "room_nid", "$2", "number")}`;
  return await sql.all<NotifiedMember & Row>(text, [userId, JSON.stringify(roomNids)]);
}

/** Those for whom rooms count by other rules. */
export async function customisedIn(sql: Sql, roomNids: readonly number[]): Promise<CustomisedMember[]> {
  const text = `
    SELECT m.room_nid AS "roomNid", m.user_id AS "userId", m.rule_set AS "ruleSet", r.rules
    FROM notified_members m JOIN counted_rule_sets r ON r.rule_set = m.rule_set
    WHERE m.rule_set <> '' AND ${inList(sql.dialect, "m.room_nid", "$1", "number")}`;
  return await sql.all<CustomisedMember & Row>(text, [JSON.stringify(roomNids)]);
}
