import type { Logger } from "pino";
import { migrate } from "./migrations.ts";
import type { Database } from "./sql.ts";
import { openSqlite } from "./sqlite/sqlite.ts";

export async function openDatabase(
  config: { readonly kind: "sqlite"; readonly file: string } | { readonly kind: "postgresql"; readonly url: string },
  _needs: { readonly logger: Logger },
): Promise<Database> {
  if (config.kind !== "sqlite") throw new Error("not yet");
  const database = await openSqlite({ path: config.file });
  await migrate(database);
  return database;
}
