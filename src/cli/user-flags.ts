/** `heddle user lock`, `suspend`, `grant-admin` and what undoes them; `unlink`. */
import { changeUser, type UserOptions } from "./user-change.ts";

type UserCommand = (name: string, options: UserOptions) => Promise<void>;

/** `user lock` and `user unlock`: a locked account can do nothing but log out; its sessions stay for the time after. */
export const setLocked =
  (isLocked: boolean): UserCommand =>
  async (name, options) =>
    await changeUser(name, options, {
      apply: async (accounts, userId) => await accounts.setLocked(userId, isLocked),
      done: isLocked ? "is locked" : "is not locked any more",
    });

/** `user suspend` and `user unsuspend`: a suspended account may read, and do little else. */
export const setSuspended =
  (isSuspended: boolean): UserCommand =>
  async (name, options) =>
    await changeUser(name, options, {
      apply: async (accounts, userId) => await accounts.setSuspended(userId, isSuspended),
      done: isSuspended ? "is suspended" : "is not suspended any more",
    });

/** `user grant-admin` and `user revoke-admin`. */
export const setAdmin =
  (isAdmin: boolean): UserCommand =>
  async (name, options) =>
    await changeUser(name, options, {
      apply: async (accounts, userId) => await accounts.setAdmin(userId, isAdmin),
      done: isAdmin ? "is an administrator" : "is no administrator any more",
    });

/** `user unlink`: whoever logged in to it by single sign-on gets another account next time. */
export const unlinkUser: UserCommand = async (name, options) =>
  await changeUser(name, options, {
    apply: async (accounts, userId) => await accounts.unlink(userId),
    done: "belongs to nobody's single sign-on any more",
    alsoDeactivated: true,
  });
