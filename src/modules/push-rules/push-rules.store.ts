import type { Tx } from "../../engine/partitions/tx.ts";
import type { Sql } from "../../store/sql.ts";

/** The rules of a user whose rules are not the default ones. */
interface CustomisedRules {
  readonly userId: string;
  /** JSON text. */
  readonly rules: string;
}

const READ = "SELECT rules FROM push_rules WHERE user_id = $1";
const UPSERT = `
  INSERT INTO push_rules (user_id, rules) VALUES ($1, $2)
  ON CONFLICT (user_id) DO UPDATE SET rules = excluded.rules`;
const DELETE = "DELETE FROM push_rules WHERE user_id = $1";

/** JSON text; `undefined` for users with the default rules. */
export async function readRules(sql: Sql, userId: string): Promise<string | undefined> {
  return (await sql.get<{ rules: string }>(READ, [userId]))?.rules;
}

export function upsertRules(tx: Tx, { userId, rules }: CustomisedRules): void {
  tx.run(UPSERT, [userId, rules]);
}

export function deleteRules(tx: Tx, userId: string): void {
  tx.run(DELETE, [userId]);
}
