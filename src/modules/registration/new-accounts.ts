import { type AccountAddition, newGuestLocalpart, newLocalpart, type Users } from "../../engine/users/users.ts";
import { exclusive, userInUse } from "../../http/errors.ts";
import { toUserId } from "./username.ts";

interface Needs {
  readonly users: Pick<Users, "accounts" | "passwords">;
  readonly serverName: string;
  /** Whether an application service keeps the user ID for itself. */
  readonly isExclusive?: (userId: string) => boolean;
}

/** An account that somebody wishes to have. */
export interface WishedAccount {
  /** From `chooseUserId`. */
  readonly userId: string;
  readonly password: string | undefined;
  /** Of a password that was judged and hashed before, when there is no `password`. */
  readonly passwordHash?: string | undefined;
  readonly isAdmin?: boolean;
  readonly isGuest?: boolean;
}

/** Makes accounts, whoever asks for them. */
export interface NewAccounts {
  /**
   * The user ID for a wished name, or for none, when it is free now.
   * @throws MatrixError 400 `M_INVALID_USERNAME`, `M_EXCLUSIVE` or `M_USER_IN_USE`
   */
  chooseUserId(username: string | undefined): Promise<string>;
  /** A user ID for a guest. */
  chooseGuestId(): string;
  /** @throws MatrixError 400 `M_USER_IN_USE` when somebody else was faster; `M_WEAK_PASSWORD` */
  create(account: WishedAccount, add?: AccountAddition): Promise<void>;
  /** Makes a full account of a guest's. @throws MatrixError 400 `M_USER_IN_USE` when it is none any more; `M_WEAK_PASSWORD` */
  upgrade(guest: { readonly userId: string; readonly password: string }, add?: AccountAddition): Promise<void>;
}

export function newAccounts({ users, serverName, isExclusive = () => false }: Needs): NewAccounts {
  return {
    async chooseUserId(username = newLocalpart()) {
      const userId = toUserId(username, serverName);
      if (isExclusive(userId)) throw exclusive("This user name is kept for an application service");
      if (await users.accounts.get(userId)) throw userInUse();
      return userId;
    },
    chooseGuestId: () => `@${newGuestLocalpart()}:${serverName}`,
    async create(account, add) {
      if (account.password !== undefined) users.passwords.assertAcceptable(account.password);
      if (!(await users.accounts.create(account, add))) throw userInUse();
    },
    async upgrade({ userId, password }, add) {
      users.passwords.assertAcceptable(password);
      if (!(await users.accounts.upgradeGuest(userId, password, add))) throw userInUse();
    },
  };
}
