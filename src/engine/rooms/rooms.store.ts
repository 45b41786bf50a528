import { inList } from "../../store/dialect.ts";
import type { Row, Sql } from "../../store/sql.ts";
import type { Tx } from "../partitions/tx.ts";

export interface RoomRecord {
  readonly nid: number;
  readonly roomId: string;
  readonly version: string;
  /** Whether the room directory shows it. */
  readonly isPublished: boolean;
}

interface RoomRow extends Row {
  readonly nid: number;
  readonly roomId: string;
  readonly version: string;
  readonly isPublished: number;
}

const SELECT = `
  SELECT room_nid AS nid, room_id AS "roomId", room_version AS version, is_published AS "isPublished" FROM rooms`;
const INSERT = "INSERT INTO rooms (room_nid, room_id, room_version, is_published) VALUES ($1, $2, $3, $4)";
const PUBLISH = "UPDATE rooms SET is_published = $2 WHERE room_nid = $1";

export const roomsStore = (sql: Sql) => ({
  /** Those of the rooms that are known, in no particular order. */
  async byIds(roomIds: readonly string[]): Promise<RoomRecord[]> {
    const text = `${SELECT} WHERE ${inList(sql.dialect, "room_id", "$1")}`;
    const rows = await sql.all<RoomRow>(text, [JSON.stringify(roomIds)]);
    return rows.map((row) => ({ ...row, isPublished: row.isPublished === 1 }));
  },
});

export function insertRoom(tx: Tx, { nid, roomId, version, isPublished }: RoomRecord): void {
  tx.run(INSERT, [nid, roomId, version, isPublished ? 1 : 0]);
}

export function updatePublished(tx: Tx, nid: number, isPublished: boolean): void {
  tx.run(PUBLISH, [nid, isPublished ? 1 : 0]);
}
