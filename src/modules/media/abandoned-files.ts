import type { InTurn } from "../../in-turn.ts";
import type { Sql } from "../../store/sql.ts";
import type { FileStore } from "./files/file-store.ts";
import { isFileNeeded } from "./media.store.ts";

interface Needs {
  readonly sql: Sql;
  readonly files: Pick<FileStore, "abandoned" | "delete">;
  /** Files are kept and deleted in turn, by their hashes. */
  readonly fileTurns: InTurn;
}

/**
 * Deletes files that were kept by uploads which never came to an end: the process was killed, or the database not there,
 * before it was durable what they are. Begins anew where it was interrupted, since each is seen to before it is forgotten.
 */
export async function clearAbandonedFiles({ sql, files, fileTurns }: Needs): Promise<void> {
  for (const file of await files.abandoned()) {
    await fileTurns.run(file.hash, async () => {
      // The same bytes may be those of another medium, or it was only the mark that stayed.
      if (!(await isFileNeeded(sql, file.hash))) await files.delete(file.hash);
      await file.forget();
    });
  }
}
