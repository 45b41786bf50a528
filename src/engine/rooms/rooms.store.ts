import type { Row, Sql } from "../../store/sql.ts";
import type { Tx } from "../partitions/tx.ts";

export interface RoomRecord {
  readonly nid: number;
  readonly roomId: string;
  readonly version: string;
}

/** A room that is not in the database yet. */
export interface NewRoomRecord extends RoomRecord {
  /** Whether the room directory shows it. */
  readonly isPublished: boolean;
}

interface RoomRow extends Row {
  readonly nid: number;
  readonly roomId: string;
  readonly version: string;
}

const BY_ID = `SELECT room_nid AS nid, room_id AS "roomId", room_version AS version FROM rooms WHERE room_id = $1`;
const INSERT = "INSERT INTO rooms (room_nid, room_id, room_version, is_published) VALUES ($1, $2, $3, $4)";

export const roomsStore = (sql: Sql) => ({
  async byId(roomId: string): Promise<RoomRecord | undefined> {
    return await sql.get<RoomRow>(BY_ID, [roomId]);
  },
});

export function insertRoom(tx: Tx, { nid, roomId, version, isPublished }: NewRoomRecord): void {
  tx.run(INSERT, [nid, roomId, version, isPublished ? 1 : 0]);
}
