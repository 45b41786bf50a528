/*
 * How refreshing works. The tokens of a session carry a generation. A refresh token of generation g makes a pair of
 * generation g + 1, and stays valid until one of that pair is used, since the answer may be lost on its way: the first
 * use of the new access token, or of the new refresh token, uses up the other generations. Using g again before that
 * replaces the pair that got lost. Using it afterwards means that two have it: one of them is a thief, and nobody can say
 * which, so the session ends for both. The device stays, for its user to log in again.
 * https://datatracker.ietf.org/doc/html/rfc9700#section-4.14.2
 */
import { unknownToken, userDeactivated, userLocked } from "../../http/errors.ts";
import { readAccount } from "./accounts.store.ts";
import { insertDevice, readDevice } from "./devices.store.ts";
import type { Devices } from "./devices.ts";
import { commitFor, type Needs } from "./needs.ts";
import type { CachedSession, SessionCache } from "./session-cache.ts";
import type { NewSession, Session } from "./session.ts";
import { hashToken, newAccessToken, newDeviceId, newRefreshToken, newSessionId } from "./token.ts";
import {
  type AccessTokenRow,
  deleteDeviceTokens,
  deleteOtherGenerations,
  deleteSessionTokens,
  insertNextTokens,
  insertTokens,
  readAccessToken,
  readRefreshToken,
  type RefreshTokenRow,
} from "./tokens.store.ts";

/** How long the access tokens of refreshable sessions live. */
export const accessTokenLifetimeMs = 60 * 60 * 1000;

/** A session to be started. */
export interface SessionStart {
  readonly userId: string;
  /** Made when absent. The sessions that the device had end. */
  readonly deviceId?: string | undefined;
  /** For a device that is new. */
  readonly displayName?: string | undefined;
  readonly isRefreshable?: boolean | undefined;
}

/** Access tokens and who they stand for. */
export class Sessions {
  readonly #needs: Needs;
  readonly #cache: SessionCache;
  readonly #devices: Devices;

  constructor(needs: Needs, parts: { readonly cache: SessionCache; readonly devices: Devices }) {
    this.#needs = needs;
    this.#cache = parts.cache;
    this.#devices = parts.devices;
  }

  /**
   * Who an access token stands for; `undefined` when it is unknown. A session in use is answered at once, from memory.
   * @throws MatrixError 401 `M_UNKNOWN_TOKEN` with `soft_logout` when the token can be refreshed.
   */
  authenticate(token: string): Session | undefined | Promise<Session | undefined> {
    const tokenHash = hashToken(token);
    const cached = this.#cache.get(tokenHash);
    return cached ? this.#unexpired(cached) : this.#load(tokenHash);
  }

  /** @throws MatrixError 403 `M_USER_DEACTIVATED` when the account is not active, 401 `M_USER_LOCKED` when it is locked. */
  async start({
    userId,
    deviceId = newDeviceId(),
    displayName,
    isRefreshable = false,
  }: SessionStart): Promise<NewSession> {
    if ((await readAccount(this.#needs.sql, userId))?.isLocked) throw userLocked();
    const isNewDevice = (await readDevice(this.#needs.sql, userId, deviceId)) === undefined;
    const accessToken = newAccessToken();
    const refreshToken = isRefreshable ? newRefreshToken() : undefined;
    const createdAt = this.#needs.clock.now();
    const { changes } = await commitFor(this.#needs, userId, (tx) => {
      const gone = deleteDeviceTokens(tx, userId, deviceId);
      tx.afterCommit(() => this.#cache.forget(gone.rows.map((row) => row.tokenHash)));
      insertDevice(tx, { userId, deviceId, displayName, createdAt });
      if (isNewDevice) this.#devices.announce(tx, { kind: "added", userId, deviceIds: [deviceId] });
      return insertTokens(tx, {
        userId,
        deviceId,
        sessionId: newSessionId(),
        accessHash: hashToken(accessToken),
        refreshHash: refreshToken === undefined ? undefined : hashToken(refreshToken),
        expiresAt: isRefreshable ? createdAt + accessTokenLifetimeMs : 0,
      });
    });
    if (changes !== 1) throw userDeactivated();
    return toNewSession({ userId, deviceId, accessToken, refreshToken });
  }

  /**
   * @returns `undefined` when the refresh token is unknown.
   * @throws MatrixError 401 `M_UNKNOWN_TOKEN` with `soft_logout` when it was used up: the session has ended now
   * @throws MatrixError 401 `M_USER_LOCKED` while the account is locked; the token stays good.
   */
  async refresh(usedToken: string): Promise<NewSession | undefined> {
    const usedHash = hashToken(usedToken);
    const row = await readRefreshToken(this.#needs.sql, usedHash);
    if (!row) return undefined;
    if (row.isUsed === 1) {
      await this.#end(row);
      throw unknownToken(true, "The refresh token was used before: the session has ended");
    }
    if (row.isLocked === 1) throw userLocked();
    const { userId, deviceId, sessionId, generation } = row;
    const accessToken = newAccessToken();
    const refreshToken = newRefreshToken();
    const { changes } = await commitFor(this.#needs, userId, (tx) => {
      const gone = deleteOtherGenerations(tx, sessionId, generation);
      tx.afterCommit(() => this.#cache.forget(gone.rows.map((deleted) => deleted.tokenHash)));
      return insertNextTokens(tx, {
        usedHash,
        accessHash: hashToken(accessToken),
        refreshHash: hashToken(refreshToken),
        expiresAt: this.#needs.clock.now() + accessTokenLifetimeMs,
      });
    });
    return changes === 1 ? toNewSession({ userId, deviceId, accessToken, refreshToken }) : undefined;
  }

  async #end({ userId, sessionId }: RefreshTokenRow): Promise<void> {
    await commitFor(this.#needs, userId, (tx) => {
      const gone = deleteSessionTokens(tx, sessionId);
      tx.afterCommit(() => this.#cache.forget(gone.rows.map((row) => row.tokenHash)));
    });
  }

  async #load(tokenHash: string): Promise<Session | undefined> {
    const epoch = this.#cache.epoch;
    const row = await readAccessToken(this.#needs.sql, tokenHash);
    if (!row) return undefined;
    const cached = { session: toSession(row), expiresAt: row.expiresAt };
    const session = this.#unexpired(cached);
    if (row.olderCount > 0) await this.#confirm(row);
    else this.#cache.keep(tokenHash, cached, epoch);
    return session;
  }

  /** The client has the tokens of this generation: the ones before are used up. */
  async #confirm({ userId, sessionId, generation }: AccessTokenRow): Promise<void> {
    await commitFor(this.#needs, userId, (tx) => {
      const gone = deleteOtherGenerations(tx, sessionId, generation);
      tx.afterCommit(() => this.#cache.forget(gone.rows.map((row) => row.tokenHash)));
    });
  }

  /**
   * Tokens expire only where they can be refreshed, so that the client need not log in anew.
   * @see https://spec.matrix.org/v1.19/client-server-api/#soft-logout
   */
  #unexpired({ session, expiresAt }: CachedSession): Session {
    if (expiresAt === 0 || this.#needs.clock.now() < expiresAt) return session;
    throw unknownToken(true, "The access token has expired");
  }
}

const toSession = (row: AccessTokenRow): Session => ({
  userId: row.userId,
  deviceId: row.deviceId,
  isGuest: row.isGuest === 1,
  isAdmin: row.isAdmin === 1,
  isLocked: row.isLocked === 1,
  isSuspended: row.isSuspended === 1,
  sessionId: row.sessionId,
});

interface Tokens {
  readonly userId: string;
  readonly deviceId: string;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
}

function toNewSession({ userId, deviceId, accessToken, refreshToken }: Tokens): NewSession {
  const session = { userId, deviceId, accessToken };
  if (refreshToken === undefined) return session;
  return { ...session, refresh: { token: refreshToken, expiresInMs: accessTokenLifetimeMs } };
}
