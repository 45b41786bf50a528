import type { Bus } from "../../bus/bus.ts";
import type { Database, Row } from "../../store/sql.ts";
import { LocalPartition, type Partition } from "./partition.ts";

/** All partitions. Rooms, users and remote destinations belong to one each, by the hash of their identifier. */
export interface Partitions {
  /** The partition of a room ID or user ID. */
  of(key: string): Partition;
  /** How far everything is decided: what a sync token holds. */
  readonly position: number;
  drained(): Promise<void>;
}

interface PositionRow extends Row {
  readonly position: number;
}

const READ_POSITION = "SELECT position FROM partitions WHERE partition_id = $1";

/** Opens the one partition of an embedded server, where its log ended. */
export async function openPartitions(needs: { readonly database: Database; readonly bus: Bus }): Promise<Partitions> {
  const row = await needs.database.get<PositionRow>(READ_POSITION, [0]);
  const partition = new LocalPartition({ id: 0, position: row?.position ?? 0 }, needs);
  return {
    of: () => partition,
    get position() {
      return partition.position;
    },
    drained: async () => await partition.drained(),
  };
}
