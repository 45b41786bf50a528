import type { Clock } from "../../clock.ts";
import type { Sql } from "../../store/sql.ts";
import type { Tx } from "../partitions/tx.ts";

/** What the parts of this folder work with. */
export interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
}

/** Records a transaction that concerns a user, in the user's partition. */
export async function commitFor<T>(needs: Needs, userId: string, build: (tx: Tx) => T): Promise<T> {
  return await needs.partitions.of(userId).commit(userId, build);
}
