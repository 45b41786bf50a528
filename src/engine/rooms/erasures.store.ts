import { inList } from "../../store/dialect.ts";
import type { Row, Sql } from "../../store/sql.ts";
import type { Tx } from "../partitions/tx.ts";

/** Somebody whose messages in a room are hidden, and the state of the room when that began. */
export interface ErasedSender {
  readonly userId: string;
  readonly stateRoot: string;
}

const INSERT = `
  INSERT INTO erased_senders (room_nid, user_id, state_root) VALUES ($1, $2, $3)
  ON CONFLICT (room_nid, user_id) DO NOTHING`;
const ANY = `SELECT 1 AS one FROM erased_senders WHERE room_nid = $1 LIMIT 1`;
const AMONG = `SELECT user_id AS "userId", state_root AS "stateRoot" FROM erased_senders WHERE room_nid = $1 AND `;

/** What was recorded first holds: those who came after that see no more. */
export function insertErased(tx: Tx, roomNid: number, { userId, stateRoot }: ErasedSender): void {
  tx.run(INSERT, [roomNid, userId, stateRoot]);
}

export async function hasErased(sql: Sql, roomNid: number): Promise<boolean> {
  return (await sql.get(ANY, [roomNid])) !== undefined;
}

/** Those of the users whose messages in the room are hidden. */
export async function erasedAmong(sql: Sql, roomNid: number, userIds: readonly string[]): Promise<ErasedSender[]> {
  const text = AMONG + inList(sql.dialect, "user_id", "$2");
  return await sql.all<ErasedSender & Row>(text, [roomNid, JSON.stringify(userIds)]);
}
