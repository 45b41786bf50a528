import { Accounts } from "./accounts.ts";
import { Devices } from "./devices.ts";
import { LastSeen } from "./last-seen.ts";
import type { Needs } from "./needs.ts";
import { createPasswords, type Passwords, type PasswordSettings } from "./passwords/passwords.ts";
import { SessionCache } from "./session-cache.ts";
import type { Origin, Session } from "./session.ts";
import { Sessions } from "./sessions.ts";

export type { Account } from "./accounts.store.ts";
export type { AccountAddition, Accounts, MadeAccount, NewAccount } from "./accounts.ts";
export type { Device } from "./devices.store.ts";
export type { DeviceChange, Devices } from "./devices.ts";
export type { Passwords, PasswordSettings } from "./passwords/passwords.ts";
export type { NewSession, Origin, Session } from "./session.ts";
export type { Sessions, SessionStart } from "./sessions.ts";
export { hashToken, newGuestLocalpart, newLocalpart } from "./token.ts";

/** The accounts of this server, with their devices and sessions. */
export interface Users extends AsyncDisposable {
  readonly accounts: Accounts;
  readonly devices: Devices;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  /**
   * Who an access token stands for, at once when the session is in use; `undefined` when the token is unknown. With an
   * `origin` it is noted that the device was used.
   * @throws MatrixError 401 `M_UNKNOWN_TOKEN` with `soft_logout` when the token has expired.
   */
  authenticate(token: string, origin?: Origin): Session | undefined | Promise<Session | undefined>;
  /** Writes when devices were used: for the server to call now and then. Done by itself at the end. */
  flushLastSeen(): Promise<void>;
}

interface UsersNeeds extends Needs {
  readonly passwords: PasswordSettings;
  /** Takes care of work that nobody waits for: counts it and logs its failure. */
  readonly background: (name: string, work: Promise<void>) => void;
}

/** Opens the accounts. */
export function createUsers(needs: UsersNeeds): Users {
  const cache = new SessionCache();
  const lastSeen = new LastSeen(needs);
  const passwords = createPasswords(needs.passwords);
  const devices = new Devices(needs, { cache, lastSeen });
  const sessions = new Sessions(needs, { cache, devices });
  const accounts = new Accounts(needs, { cache, devices, passwords });

  function note(session: Session, { address, userAgent }: Origin): Session {
    const { userId, deviceId } = session;
    lastSeen.note({ userId, deviceId, seenAt: needs.clock.now(), address, userAgent });
    return session;
  }

  return {
    accounts,
    devices,
    sessions,
    passwords,
    authenticate(token, origin) {
      const session = sessions.authenticate(token);
      if (!origin || session === undefined) return session;
      if (!(session instanceof Promise)) return note(session, origin);
      return session.then((loaded) => loaded && note(loaded, origin));
    },
    flushLastSeen: async () => await lastSeen.flush(),
    async [Symbol.asyncDispose]() {
      try {
        await lastSeen.flush();
      } catch (error) {
        // A database that is away is told in the log, and does not make the stop a failure.
        needs.background("last-seen", Promise.reject(error));
      }
    },
  };
}
