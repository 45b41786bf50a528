import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../../src/store/migrations.ts";
import { openSqlite } from "../../src/store/sqlite/sqlite.ts";

let made: Promise<Uint8Array> | undefined;

/** The file of an empty SQLite database of the current schema. Made once: to migrate takes longer than most tests. */
export async function migratedSqlite(): Promise<Uint8Array> {
  return await (made ??= make());
}

async function make(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "heddle-template-"));
  try {
    const path = join(folder, "template.db");
    {
      await using database = await openSqlite({ path, synchronous: "off" });
      await migrate(database);
    }
    // Closed: all of it stands in the one file.
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
