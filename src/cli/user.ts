/** `heddle user …`: administration of accounts in the database of a configuration. */
import type { Config } from "../config/config.ts";
import type { Account } from "../engine/users/users.ts";
import type { AccountAdministration } from "./account-administration.ts";
import { loadConfigOrDefault } from "./default-config.ts";
import { CommandError } from "./failure.ts";
import { withAccounts } from "./open-accounts.ts";
import { generatePassword, readPassword } from "./password.ts";
import { changeUser, print, requireAccount, requireActive, type UserOptions } from "./user-change.ts";
import { toNewUserId, toUserId } from "./user-name.ts";

export type PasswordOptions = UserOptions & { readonly passwordFile?: string };
export type DeactivateOptions = UserOptions & { readonly erase?: boolean };
export type CreateOptions = PasswordOptions & { readonly admin?: boolean };

/** How many accounts are read at once. */
const pageSize = 500;

/** `user create`: prints the password when it was not given. */
export async function createUser(name: string, options: CreateOptions): Promise<void> {
  const config = await loadConfigOrDefault(options.config);
  const userId = toNewUserId(name, config.serverName);
  const password = await choosePassword(config, options);
  await withAccounts(config, async (accounts) => {
    const isMade = await accounts.create({ userId, password, isAdmin: options.admin === true });
    if (!isMade) throw new CommandError(`${userId} exists already`);
  });
  print(options.admin === true ? `${userId} made, an administrator` : `${userId} made`);
  if (options.passwordFile === undefined) print(`password: ${password}`);
}

/** `user list`: one account a line, with what is special about it. */
export async function listUsers(options: UserOptions): Promise<void> {
  const config = await loadConfigOrDefault(options.config);
  await withAccounts(config, async (accounts) => {
    for await (const account of allAccounts(accounts)) {
      print([account.userId, ...marksOf(account)].join(" "));
    }
  });
}

/** `user reset-password`: a new password, and every device of the user logged out. */
export async function resetPassword(name: string, options: PasswordOptions): Promise<void> {
  const config = await loadConfigOrDefault(options.config);
  const userId = toUserId(name, config.serverName);
  const password = await choosePassword(config, options);
  await withAccounts(config, async (accounts) => {
    await requireActive(accounts, userId);
    await accounts.setPassword(userId, password, {});
  });
  print(`${userId} has a new password; all devices are logged out`);
  if (options.passwordFile === undefined) print(`password: ${password}`);
}

/** `user deactivate`: for ever; the name cannot be used again. */
export async function deactivateUser(name: string, options: DeactivateOptions): Promise<void> {
  const isErased = options.erase === true;
  await changeUser(name, options, {
    apply: async (accounts, userId) => await accounts.deactivate(userId, { isErased }),
    done: isErased ? "is deactivated; its messages are hidden" : "is deactivated",
  });
}

/** `user erase`: what `deactivate --erase` does, for an account that is deactivated already. */
export async function eraseUser(name: string, options: UserOptions): Promise<void> {
  const config = await loadConfigOrDefault(options.config);
  const userId = toUserId(name, config.serverName);
  await withAccounts(config, async (accounts) => {
    const account = await requireAccount(accounts, userId);
    if (!account.isDeactivated) throw new CommandError(`${userId} is not deactivated: use deactivate --erase`);
    await accounts.deactivate(userId, { isErased: true });
  });
  print(`the messages of ${userId} are hidden`);
}

function marksOf(account: Account): string[] {
  const marks = {
    admin: account.isAdmin,
    guest: account.isGuest,
    locked: account.isLocked,
    suspended: account.isSuspended,
    deactivated: account.isDeactivated,
  };
  return Object.entries(marks).flatMap(([mark, holds]) => (holds ? [mark] : []));
}

async function choosePassword(config: Config, { passwordFile }: PasswordOptions): Promise<string> {
  return passwordFile === undefined
    ? generatePassword()
    : await readPassword(passwordFile, config.passwords.minimumLength);
}

async function* allAccounts(accounts: AccountAdministration) {
  let after = "";
  for (;;) {
    const page = await accounts.list(after, pageSize);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.userId;
  }
}
