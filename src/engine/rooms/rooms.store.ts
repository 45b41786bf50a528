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

const BY_ID = `
  SELECT room_nid AS nid, room_id AS "roomId", room_version AS version, is_published AS "isPublished"
  FROM rooms WHERE room_id = $1`;
const INSERT = "INSERT INTO rooms (room_nid, room_id, room_version, is_published) VALUES ($1, $2, $3, $4)";
const PUBLISH = "UPDATE rooms SET is_published = $2 WHERE room_nid = $1";

export const roomsStore = (sql: Sql) => ({
  async byId(roomId: string): Promise<RoomRecord | undefined> {
    const row = await sql.get<RoomRow>(BY_ID, [roomId]);
    return row && { ...row, isPublished: row.isPublished === 1 };
  },
});

export function insertRoom(tx: Tx, { nid, roomId, version, isPublished }: RoomRecord): void {
  tx.run(INSERT, [nid, roomId, version, isPublished ? 1 : 0]);
}

export function updatePublished(tx: Tx, nid: number, isPublished: boolean): void {
  tx.run(PUBLISH, [nid, isPublished ? 1 : 0]);
}
