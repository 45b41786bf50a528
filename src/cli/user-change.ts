/** What the commands of `heddle user` have in common. */
import type { Account } from "../engine/users/users.ts";
import type { AccountAdministration } from "./account-administration.ts";
import { loadConfigOrDefault } from "./default-config.ts";
import { CommandError } from "./failure.ts";
import { withAccounts } from "./open-accounts.ts";
import { toUserId } from "./user-name.ts";

export type UserOptions = { readonly config?: string };

interface UserChange {
  readonly apply: (accounts: AccountAdministration, userId: string) => Promise<unknown>;
  /** What is printed after the user's ID. */
  readonly done: string;
  /** Whether it is for deactivated accounts, too. */
  readonly alsoDeactivated?: boolean;
}

/** Changes something of one account, and says so. */
export async function changeUser(
  name: string,
  options: UserOptions,
  { apply, done, alsoDeactivated = false }: UserChange,
): Promise<void> {
  const config = await loadConfigOrDefault(options.config);
  const userId = toUserId(name, config.serverName);
  await withAccounts(config, async (accounts) => {
    await (alsoDeactivated ? requireAccount : requireActive)(accounts, userId);
    await apply(accounts, userId);
  });
  print(`${userId} ${done}`);
}

/** @throws CommandError when there is none */
export async function requireAccount(accounts: AccountAdministration, userId: string): Promise<Account> {
  const account = await accounts.get(userId);
  if (account === undefined) throw new CommandError(`there is no user ${userId}`);
  return account;
}

/** @throws CommandError when there is none, or it is deactivated */
export async function requireActive(accounts: AccountAdministration, userId: string): Promise<void> {
  if ((await requireAccount(accounts, userId)).isDeactivated) throw new CommandError(`${userId} is deactivated`);
}

/** Prints a line for whoever called the command. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
