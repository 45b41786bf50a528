import type { Row, Sql } from "../../store/sql.ts";
import type { QueryResult, Tx } from "../partitions/tx.ts";

/** An account of this server, deactivated ones included. */
export interface Account {
  readonly userId: string;
  readonly isAdmin: boolean;
  readonly isGuest: boolean;
  readonly isDeactivated: boolean;
  /** Nothing can be done with it until it is unlocked. */
  readonly isLocked: boolean;
  /** It may read, and do little else. */
  readonly isSuspended: boolean;
  readonly createdAt: number;
}

/** An account with what its password is checked against; `''` when no password fits. */
export interface AccountWithPassword extends Account {
  readonly passwordHash: string;
}

interface AccountRow extends Row {
  readonly userId: string;
  readonly passwordHash: string;
  readonly isAdmin: number;
  readonly isGuest: number;
  readonly deactivated: number;
  readonly locked: number;
  readonly suspended: number;
  readonly createdAt: number;
}

const COLUMNS = `user_id AS "userId", password_hash AS "passwordHash", is_admin AS "isAdmin", is_guest AS "isGuest",
  deactivated, locked, suspended, created_at AS "createdAt"`;
const BY_ID = `SELECT ${COLUMNS} FROM users WHERE user_id = $1`;
const PAGE = `SELECT ${COLUMNS} FROM users WHERE user_id > $1 ORDER BY user_id LIMIT $2`;

const INSERT = `
  INSERT INTO users (user_id, password_hash, is_admin, is_guest, deactivated, created_at)
  VALUES ($1, $2, $3, $4, 0, $5)
  ON CONFLICT (user_id) DO NOTHING`;
const SET_PASSWORD = "UPDATE users SET password_hash = $2 WHERE user_id = $1 AND deactivated = 0";
const REPLACE_PASSWORD = "UPDATE users SET password_hash = $2 WHERE user_id = $1 AND password_hash = $3";
const SET_ADMIN = "UPDATE users SET is_admin = $2 WHERE user_id = $1 AND deactivated = 0";
const SET_LOCKED = "UPDATE users SET locked = $2 WHERE user_id = $1 AND deactivated = 0";
const SET_SUSPENDED = "UPDATE users SET suspended = $2 WHERE user_id = $1 AND deactivated = 0";
const END_GUEST =
  "UPDATE users SET is_guest = 0, password_hash = $2 WHERE user_id = $1 AND is_guest = 1 AND deactivated = 0";
const DEACTIVATE = "UPDATE users SET deactivated = 1, is_admin = 0, password_hash = '' WHERE user_id = $1";

/** @returns `undefined` when there never was such an account. */
export async function readAccount(sql: Sql, userId: string): Promise<AccountWithPassword | undefined> {
  const row = await sql.get<AccountRow>(BY_ID, [userId]);
  return row && toAccount(row);
}

/** Accounts in the order of their user IDs, after the one given (`''` = from the start). */
export async function listAccounts(sql: Sql, after: string, limit: number): Promise<AccountWithPassword[]> {
  const rows = await sql.all<AccountRow>(PAGE, [after, limit]);
  return rows.map(toAccount);
}

/** Changes nothing when the user ID is taken. */
export function insertAccount(
  tx: Tx,
  account: Omit<AccountWithPassword, "isDeactivated" | "isLocked" | "isSuspended">,
): QueryResult<Row> {
  const { userId, passwordHash, isAdmin, isGuest, createdAt } = account;
  return tx.query(INSERT, [userId, passwordHash, Number(isAdmin), Number(isGuest), createdAt]);
}

/** Changes nothing when the account is no guest's. */
export function updateGuest(tx: Tx, userId: string, passwordHash: string): QueryResult<Row> {
  return tx.query(END_GUEST, [userId, passwordHash]);
}

export function updatePassword(tx: Tx, userId: string, passwordHash: string): void {
  tx.run(SET_PASSWORD, [userId, passwordHash]);
}

/** Does nothing when the password was changed meanwhile. */
export function replacePassword(tx: Tx, userId: string, { from, to }: { from: string; to: string }): void {
  tx.run(REPLACE_PASSWORD, [userId, to, from]);
}

export function updateAdmin(tx: Tx, userId: string, isAdmin: boolean): void {
  tx.run(SET_ADMIN, [userId, Number(isAdmin)]);
}

/** Changes nothing when the account is not active. */
export function updateLocked(tx: Tx, userId: string, isLocked: boolean): QueryResult<Row> {
  return tx.query(SET_LOCKED, [userId, Number(isLocked)]);
}

/** Changes nothing when the account is not active. */
export function updateSuspended(tx: Tx, userId: string, isSuspended: boolean): QueryResult<Row> {
  return tx.query(SET_SUSPENDED, [userId, Number(isSuspended)]);
}

export function markDeactivated(tx: Tx, userId: string): void {
  tx.run(DEACTIVATE, [userId]);
}

function toAccount(row: AccountRow): AccountWithPassword {
  return {
    userId: row.userId,
    passwordHash: row.passwordHash,
    isAdmin: row.isAdmin === 1,
    isGuest: row.isGuest === 1,
    isDeactivated: row.deactivated === 1,
    isLocked: row.locked === 1,
    isSuspended: row.suspended === 1,
    createdAt: row.createdAt,
  };
}
