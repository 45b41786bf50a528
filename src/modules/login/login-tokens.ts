import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { hashToken, type Users } from "../../engine/users/users.ts";
import type { Sql } from "../../store/sql.ts";
import { deleteLoginToken, deleteLoginTokensOf, insertLoginToken, readOwner } from "./login-tokens.store.ts";

/** Tokens of one user that are valid at the same time: a new one ends the oldest beyond these. */
const MOST_PER_USER = 10;

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
  readonly users: { readonly accounts: Pick<Users["accounts"], "onDeactivation"> };
}

/**
 * Tokens by which another client logs in as the user, each once and for a short time. Hashes of them are stored, so they
 * survive a restart and a stolen backup opens nothing.
 * @see https://spec.matrix.org/v1.19/client-server-api/#token-based
 */
export interface LoginTokens {
  create(userId: string, lifetimeMs: number): Promise<string>;
  /** Uses the token up. @returns whom it logs in; `undefined` when it is unknown, used or expired */
  redeem(token: string): Promise<string | undefined>;
}

export function createLoginTokens({ sql, partitions, clock, users }: Needs): LoginTokens {
  users.accounts.onDeactivation(deleteLoginTokensOf);
  return {
    async create(userId, lifetimeMs) {
      const token = `hdll_${randomBytes(32).toString("base64url")}`;
      const now = clock.now();
      const stored = { tokenHash: hashToken(token), userId, expiresAt: now + lifetimeMs };
      await partitions.of(userId).commit(userId, (tx) => insertLoginToken(tx, stored, { now, most: MOST_PER_USER }));
      return token;
    },
    async redeem(token) {
      const tokenHash = hashToken(token);
      const now = clock.now();
      const userId = await readOwner(sql, tokenHash, now);
      if (userId === undefined) return undefined;
      const deleted = await partitions.of(userId).commit(userId, (tx) => deleteLoginToken(tx, tokenHash, now));
      return deleted.changes === 1 ? userId : undefined;
    },
  };
}
