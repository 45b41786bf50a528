import type { Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

const VALID = `
  SELECT token FROM registration_tokens
  WHERE token = $1 AND (uses_allowed = 0 OR used < uses_allowed) AND (expires_at = 0 OR expires_at > $2)`;
const USE = `
  UPDATE registration_tokens SET used = used + 1
  WHERE token = $1 AND (uses_allowed = 0 OR used < uses_allowed) AND (expires_at = 0 OR expires_at > $2)`;
const GIVE_BACK = "UPDATE registration_tokens SET used = used - 1 WHERE token = $1 AND used > 0";

export async function isValidToken(sql: Sql, token: string, now: number): Promise<boolean> {
  return (await sql.get<Row>(VALID, [token, now])) !== undefined;
}

/** Counts a use; changes nothing when the token is not valid (any more). */
export const useToken = (tx: Tx, token: string, now: number) => tx.query<Row>(USE, [token, now]);

export function giveBackToken(tx: Tx, token: string): void {
  tx.run(GIVE_BACK, [token]);
}
