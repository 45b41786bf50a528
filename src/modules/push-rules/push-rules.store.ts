import type { Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A user whose rules are not the default ones. */
export interface CustomisedUser {
  readonly userId: string;
  readonly ruleSetId: string;
}

const READ = "SELECT rules FROM push_rules WHERE user_id = $1";
const IN_ROOM = `
  SELECT p.user_id AS "userId", p.rule_set_id AS "ruleSetId"
  FROM memberships m JOIN push_rules p ON p.user_id = m.user_id
  WHERE m.room_nid = $1 AND m.membership = 'join' ORDER BY p.user_id`;
const UPSERT = `
  INSERT INTO push_rules (user_id, rule_set_id, rules) VALUES ($1, $2, $3)
  ON CONFLICT (user_id) DO UPDATE SET rule_set_id = excluded.rule_set_id, rules = excluded.rules`;
const DELETE = "DELETE FROM push_rules WHERE user_id = $1";

/** JSON text; `undefined` for users with the default rules. */
export async function readRules(sql: Sql, userId: string): Promise<string | undefined> {
  return (await sql.get<{ rules: string }>(READ, [userId]))?.rules;
}

/** Those joined to a room whose rules are not the default ones, in the order of their IDs. */
export async function listCustomisedIn(sql: Sql, roomNid: number): Promise<readonly CustomisedUser[]> {
  return await sql.all<CustomisedUser & Row>(IN_ROOM, [roomNid]);
}

export function upsertRules(tx: Tx, { userId, ruleSetId }: CustomisedUser, rules: string): void {
  tx.run(UPSERT, [userId, ruleSetId, rules]);
}

export function deleteRules(tx: Tx, userId: string): void {
  tx.run(DELETE, [userId]);
}
