import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { accountToChange, moderatedAccount, type ModerationNeeds, noSuchAccount } from "./moderated-account.ts";

const path = "/_matrix/client/v1/admin/lock/{userId}";
const aliases = ["/_matrix/client/unstable/uk.timedout.msc4323/admin/lock/{userId}"];
const params = Type.Object({ userId: Type.String() });

/**
 * Tells an administrator whether an account is locked.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1adminlockuserid
 */
export const getAdminLockUser = (needs: ModerationNeeds) =>
  endpoint({
    method: "GET",
    path,
    aliases,
    auth: "user",
    limit: "none",
    params,
    handle: async ({ params: { userId }, requester }) => ({
      locked: (await moderatedAccount(needs, requester, userId)).isLocked,
    }),
  });

/**
 * Locks an account, or unlocks it, for administrators.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv1adminlockuserid
 */
export const setAdminLockUser = (needs: ModerationNeeds) =>
  endpoint({
    method: "PUT",
    path,
    aliases,
    auth: "user",
    suspended: "refused",
    limit: "none",
    params,
    body: Type.Object({ locked: Type.Boolean() }),

    async handle({ params: { userId }, body: { locked }, requester }) {
      await accountToChange(needs, requester, userId);
      // It may have been deactivated meanwhile.
      if (!(await needs.users.accounts.setLocked(userId, locked))) throw noSuchAccount();
      return { locked };
    },
  });
