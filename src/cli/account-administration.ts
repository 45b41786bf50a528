import type { Accounts, Device, Users } from "../engine/users/users.ts";

/** What the commands of `heddle user` do with accounts: in the database itself, or in the server that has it open. */
export interface AccountAdministration
  extends Pick<
    Accounts,
    "get" | "list" | "create" | "setPassword" | "setAdmin" | "setLocked" | "setSuspended" | "deactivate" | "unlink"
  > {
  devicesOf(userId: string): Promise<readonly Device[]>;
  /** Logs devices out, which deletes them; all of them when none is named. */
  logOut(userId: string, deviceIds: readonly string[]): Promise<void>;
}

/** The same in this process. */
export const administrationOf = ({ accounts, devices }: Users): AccountAdministration => ({
  get: async (userId) => await accounts.get(userId),
  list: async (after, limit) => await accounts.list(after, limit),
  create: async (account) => await accounts.create(account),
  setPassword: async (userId, password, logout) => await accounts.setPassword(userId, password, logout),
  setAdmin: async (userId, isAdmin) => await accounts.setAdmin(userId, isAdmin),
  setLocked: async (userId, isLocked) => await accounts.setLocked(userId, isLocked),
  setSuspended: async (userId, isSuspended) => await accounts.setSuspended(userId, isSuspended),
  deactivate: async (userId, how) => await accounts.deactivate(userId, how),
  unlink: async (userId) => await accounts.unlink(userId),
  devicesOf: async (userId) => await devices.list(userId),
  logOut: async (userId, deviceIds) =>
    deviceIds.length === 0 ? await devices.deleteAll(userId) : await devices.delete(userId, deviceIds),
});
