import type { Account, Accounts } from "../../engine/users/users.ts";
import type { Requester } from "../../http/endpoint.ts";
import { forbidden, invalidParam, notFound } from "../../http/errors.ts";
import { parseUserId } from "../../protocol/ids/ids.ts";

export interface ModerationNeeds {
  readonly users: { readonly accounts: Pick<Accounts, "get" | "setLocked" | "setSuspended"> };
  readonly serverName: string;
}

/**
 * The account that an administrator asks about. What the requester may is checked before anything is looked up, so that
 * nobody else learns which accounts there are.
 * @throws MatrixError 403 `M_FORBIDDEN` for who is no administrator, and for another administrator's account; 400
 *   `M_INVALID_PARAM` for users of other servers; 404 `M_NOT_FOUND` for accounts that are not there or deactivated
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-administration
 */
export async function moderatedAccount(
  { users, serverName }: ModerationNeeds,
  requester: Requester,
  userId: string,
): Promise<Account> {
  if (!requester.isAdmin) throw forbidden("You are no administrator of this server");
  if (parseUserId(userId)?.serverName !== serverName) throw invalidParam("This is no user of this server");
  const account = await users.accounts.get(userId);
  if (!account || account.isDeactivated) throw noSuchAccount();
  if (account.isAdmin && userId !== requester.userId) throw forbidden("This is the account of an administrator");
  return account;
}

/**
 * The account that an administrator wants to change: as `moderatedAccount`.
 * @throws MatrixError 403 `M_FORBIDDEN` for the administrator's own
 */
export async function accountToChange(needs: ModerationNeeds, requester: Requester, userId: string): Promise<Account> {
  const account = await moderatedAccount(needs, requester, userId);
  if (userId === requester.userId) throw forbidden("This is your own account");
  return account;
}

export const noSuchAccount = () => notFound("There is no such user here");
