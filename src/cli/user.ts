/** `heddle user …`: administration of accounts in the database of a configuration. */
import type { Config } from "../config/config.ts";
import type { Account } from "../engine/users/users.ts";
import type { AccountAdministration } from "./account-administration.ts";
import { loadConfigOrDefault } from "./default-config.ts";
import { CommandError } from "./failure.ts";
import { withAccounts } from "./open-accounts.ts";
import { generatePassword, readPassword } from "./password.ts";
import { toNewUserId, toUserId } from "./user-name.ts";

export type UserOptions = { readonly config?: string };
export type PasswordOptions = UserOptions & { readonly passwordFile?: string };
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
export async function deactivateUser(name: string, options: UserOptions): Promise<void> {
  const config = await loadConfigOrDefault(options.config);
  const userId = toUserId(name, config.serverName);
  await withAccounts(config, async (accounts) => {
    await requireActive(accounts, userId);
    await accounts.deactivate(userId);
  });
  print(`${userId} is deactivated`);
}

/** `user lock` and `user unlock`: a locked account can do nothing but log out; its sessions stay for the time after. */
export const setLocked = (isLocked: boolean) => async (name: string, options: UserOptions) =>
  await change(name, options, {
    apply: async (accounts, userId) => await accounts.setLocked(userId, isLocked),
    done: isLocked ? "is locked" : "is not locked any more",
  });

/** `user suspend` and `user unsuspend`: a suspended account may read, and do little else. */
export const setSuspended = (isSuspended: boolean) => async (name: string, options: UserOptions) =>
  await change(name, options, {
    apply: async (accounts, userId) => await accounts.setSuspended(userId, isSuspended),
    done: isSuspended ? "is suspended" : "is not suspended any more",
  });

interface AccountChange {
  readonly apply: (accounts: AccountAdministration, userId: string) => Promise<boolean>;
  readonly done: string;
}

async function change(name: string, options: UserOptions, { apply, done }: AccountChange): Promise<void> {
  const config = await loadConfigOrDefault(options.config);
  const userId = toUserId(name, config.serverName);
  await withAccounts(config, async (accounts) => {
    await requireActive(accounts, userId);
    await apply(accounts, userId);
  });
  print(`${userId} ${done}`);
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

async function requireActive(accounts: AccountAdministration, userId: string): Promise<void> {
  const account = await accounts.get(userId);
  if (account === undefined) throw new CommandError(`there is no user ${userId}`);
  if (account.isDeactivated) throw new CommandError(`${userId} is deactivated`);
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

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
