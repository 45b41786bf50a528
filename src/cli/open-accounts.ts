import type { Config } from "../config/config.ts";
import type { Accounts } from "../engine/users/users.ts";

/** Opens the database of a configuration for the accounts alone, and closes it when `work` is done. */
export async function withAccounts<T>(config: Config, work: (accounts: Accounts) => Promise<T>): Promise<T> {
  throw new Error(`accounts of the ${config.database.kind} database cannot be opened yet${work.length > 1 ? "!" : ""}`);
}
