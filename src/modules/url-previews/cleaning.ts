import type { Clock } from "../../clock.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { Sql } from "../../store/sql.ts";
import { deletePreview, type PreviewKey, readBeyond, readOld } from "./previews.store.ts";

/** What a cleaning works with. */
export interface CleaningNeeds {
  readonly sql: Sql;
  readonly partitions: Pick<Partitions, "of">;
  readonly clock: Clock;
  readonly limits: { readonly keepMs: number; readonly maxKept: number };
}

const AT_ONCE = 200;

/** Forgets previews that are too old, and the oldest of too many. */
export async function cleanPreviews({ sql, partitions, clock, limits }: CleaningNeeds): Promise<void> {
  const remove = async (keys: readonly PreviewKey[]): Promise<boolean> => {
    const [first] = keys;
    if (!first) return false;
    await partitions.of(first.urlHash).commit(first.urlHash, (tx) => {
      for (const key of keys) deletePreview(tx, key);
    });
    return true;
  };
  const oldest = clock.now() - limits.keepMs;
  while (await remove(await readOld(sql, oldest, AT_ONCE)));
  while (await remove(await readBeyond(sql, limits.maxKept, AT_ONCE)));
}
