import type { Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A field of a profile. */
export interface ProfileField {
  readonly name: string;
  /** JSON text. */
  readonly value: string;
}

const LIST = "SELECT name, value FROM profile_fields WHERE user_id = $1 ORDER BY name";
const UPSERT = `
  INSERT INTO profile_fields (user_id, name, value) VALUES ($1, $2, $3)
  ON CONFLICT (user_id, name) DO UPDATE SET value = excluded.value`;
const DELETE = "DELETE FROM profile_fields WHERE user_id = $1 AND name = $2";
const DELETE_ALL = "DELETE FROM profile_fields WHERE user_id = $1";

export async function listFields(sql: Sql, userId: string): Promise<ProfileField[]> {
  return await sql.all<ProfileField & Row>(LIST, [userId]);
}

export function upsertField(tx: Tx, userId: string, { name, value }: ProfileField): void {
  tx.run(UPSERT, [userId, name, value]);
}

export function deleteField(tx: Tx, userId: string, name: string): void {
  tx.run(DELETE, [userId, name]);
}

export function deleteFields(tx: Tx, userId: string): void {
  tx.run(DELETE_ALL, [userId]);
}
