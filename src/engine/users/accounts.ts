import assert from "node:assert/strict";
import type { Tx } from "../partitions/tx.ts";
import {
  type Account,
  type AccountWithPassword,
  insertAccount,
  listAccounts,
  markDeactivated,
  readAccount,
  replacePassword,
  updateAdmin,
  updateGuest,
  updateLocked,
  updatePassword,
  updateSuspended,
} from "./accounts.store.ts";
import type { Devices } from "./devices.ts";
import { commitFor, type Needs } from "./needs.ts";
import type { Passwords } from "./passwords/passwords.ts";
import type { SessionCache } from "./session-cache.ts";

/** An account to be made. */
export interface NewAccount {
  readonly userId: string;
  /** Without one nobody can log in by password. */
  readonly password?: string | undefined;
  /** Of a password that was hashed before, by `Passwords.hash`, when there is no `password`. */
  readonly passwordHash?: string | undefined;
  readonly isAdmin?: boolean;
  readonly isGuest?: boolean;
}

/**
 * Called while a creation is recorded: what it adds is part of the transaction. The account may turn out to be there
 * already, deactivated perhaps: what is added must not replace anything, and look at the table of accounts.
 */
export type CreationListener = (tx: Tx, userId: string) => void;

/** An account as its creation records it. */
export interface MadeAccount {
  readonly userId: string;
  /**
   * Of the new password, and salted: no other account has it. A statement that asks `users` for both does nothing when
   * somebody else was faster and the account is not this one.
   */
  readonly passwordHash: string;
}

/** What is recorded together with one new account that has a password, or not at all. */
export type AccountAddition = (tx: Tx, made: MadeAccount) => void;

/** How an account ends. */
export interface Deactivation {
  /** The user wants as much as possible of what they sent to be hidden. */
  readonly isErased: boolean;
}

/** Called while a deactivation is recorded: what it adds is part of the transaction. */
export type DeactivationListener = (tx: Tx, userId: string, how: Deactivation) => void;

/** Called while it is recorded that nobody elsewhere logs in to an account any more. */
export type UnlinkListener = (tx: Tx, userId: string) => void;

interface Parts {
  readonly cache: SessionCache;
  readonly devices: Devices;
  readonly passwords: Passwords;
}

/** The accounts of this server. */
export class Accounts {
  readonly #needs: Needs;
  readonly #parts: Parts;
  readonly #creationListeners: CreationListener[] = [];
  readonly #deactivationListeners: DeactivationListener[] = [];
  readonly #unlinkListeners: UnlinkListener[] = [];

  constructor(needs: Needs, parts: Parts) {
    this.#needs = needs;
    this.#parts = parts;
  }

  /** Modules that keep something for every account follow its beginning. */
  onCreation(listener: CreationListener): void {
    this.#creationListeners.push(listener);
  }

  /** Modules that keep something for an account follow its end. */
  onDeactivation(listener: DeactivationListener): void {
    this.#deactivationListeners.push(listener);
  }

  /** Modules by which identities elsewhere log in to accounts follow the end of that. */
  onUnlink(listener: UnlinkListener): void {
    this.#unlinkListeners.push(listener);
  }

  /** `undefined` when there never was such an account; a deactivated one keeps its name for ever. */
  async get(userId: string): Promise<Account | undefined> {
    const account = await readAccount(this.#needs.sql, userId);
    return account && withoutPassword(account);
  }

  /** Accounts in the order of their user IDs, after the one given (`''` = from the start). */
  async list(after: string, limit: number): Promise<Account[]> {
    const accounts = await listAccounts(this.#needs.sql, after, limit);
    return accounts.map(withoutPassword);
  }

  /** @returns whether it was made: of several at once for one user ID, exactly one is. */
  async create(account: NewAccount, add?: AccountAddition): Promise<boolean> {
    const { userId, password, isAdmin = false, isGuest = false, ...given } = account;
    const passwordHash =
      password === undefined ? (given.passwordHash ?? "") : await this.#parts.passwords.hash(password);
    const createdAt = this.#needs.clock.now();
    const inserted = await commitFor(this.#needs, userId, (tx) => {
      const result = insertAccount(tx, { userId, passwordHash, isAdmin, isGuest, createdAt });
      for (const listener of this.#creationListeners) listener(tx, userId);
      // By the empty hash an addition would take every account without a password for the new one.
      assert.ok(add === undefined || passwordHash !== "");
      add?.(tx, { userId, passwordHash });
      return result;
    });
    return inserted.changes === 1;
  }

  /**
   * Makes a full account of a guest's. Its sessions go on, as those of the full account.
   * @returns whether it was a guest until now
   */
  async upgradeGuest(userId: string, password: string, add?: AccountAddition): Promise<boolean> {
    const passwordHash = await this.#parts.passwords.hash(password);
    const updated = await commitFor(this.#needs, userId, (tx) => {
      tx.afterCommit(() => this.#parts.cache.forgetUser(userId));
      const result = updateGuest(tx, userId, passwordHash);
      add?.(tx, { userId, passwordHash });
      return result;
    });
    return updated.changes === 1;
  }

  /** The account when the password is its own. Takes as long for accounts that do not exist. */
  async checkPassword(userId: string, password: string): Promise<Account | undefined> {
    const account = await readAccount(this.#needs.sql, userId);
    const from = account?.passwordHash ?? "";
    const verdict = await this.#parts.passwords.verify(password, from);
    if (!account || verdict === "wrong") return undefined;
    if (verdict === "outdated") {
      const to = await this.#parts.passwords.hash(password);
      await commitFor(this.#needs, userId, (tx) => replacePassword(tx, userId, { from, to }));
    }
    return withoutPassword(account);
  }

  /**
   * Changes the password.
   * @param logout which devices to log out with it; `keep` names the one that stays.
   */
  async setPassword(userId: string, password: string, logout: "none" | { readonly keep?: string }): Promise<void> {
    const { devices, passwords } = this.#parts;
    const passwordHash = await passwords.hash(password);
    const deviceIds = logout === "none" ? [] : await devices.idsExcept(userId, logout.keep);
    await commitFor(this.#needs, userId, (tx) => {
      updatePassword(tx, userId, passwordHash);
      devices.deleteIn(tx, userId, deviceIds);
    });
  }

  async setAdmin(userId: string, isAdmin: boolean): Promise<void> {
    await commitFor(this.#needs, userId, (tx) => {
      updateAdmin(tx, userId, isAdmin);
      tx.afterCommit(() => this.#parts.cache.forgetUser(userId));
    });
  }

  /**
   * Locks an account, or unlocks it: its sessions stay, and are good for nothing meanwhile.
   * @returns whether there is such an account, not deactivated
   * @see https://spec.matrix.org/v1.19/client-server-api/#account-locking
   */
  async setLocked(userId: string, isLocked: boolean): Promise<boolean> {
    return await this.#setFlag(userId, (tx) => updateLocked(tx, userId, isLocked));
  }

  /**
   * Suspends an account, or ends that.
   * @returns whether there is such an account, not deactivated
   * @see https://spec.matrix.org/v1.19/client-server-api/#account-suspension
   */
  async setSuspended(userId: string, isSuspended: boolean): Promise<boolean> {
    return await this.#setFlag(userId, (tx) => updateSuspended(tx, userId, isSuspended));
  }

  async #setFlag(userId: string, update: (tx: Tx) => { readonly changes: number }): Promise<boolean> {
    const { changes } = await commitFor(this.#needs, userId, (tx) => {
      tx.afterCommit(() => this.#parts.cache.forgetUser(userId));
      return update(tx);
    });
    return changes === 1;
  }

  /** Forgets which identities elsewhere log in to an account, deactivated ones included: they are nobody's then. */
  async unlink(userId: string): Promise<void> {
    await commitFor(this.#needs, userId, (tx) => {
      for (const listener of this.#unlinkListeners) listener(tx, userId);
    });
  }

  /** Ends an account for ever: no password, no device, no session. May be said again, to have it erased as well. */
  async deactivate(userId: string, how: Deactivation = { isErased: false }): Promise<void> {
    const deviceIds = await this.#parts.devices.idsExcept(userId, undefined);
    await commitFor(this.#needs, userId, (tx) => {
      markDeactivated(tx, userId);
      this.#parts.devices.deleteIn(tx, userId, deviceIds);
      for (const listener of this.#deactivationListeners) listener(tx, userId, how);
    });
  }
}

function withoutPassword({ userId, createdAt, ...account }: AccountWithPassword): Account {
  const { isAdmin, isGuest, isDeactivated, isLocked, isSuspended } = account;
  return { userId, createdAt, isAdmin, isGuest, isDeactivated, isLocked, isSuspended };
}
