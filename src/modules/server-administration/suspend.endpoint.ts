import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { accountToChange, moderatedAccount, type ModerationNeeds, noSuchAccount } from "./moderated-account.ts";

const path = "/_matrix/client/v1/admin/suspend/{userId}";
const aliases = ["/_matrix/client/unstable/uk.timedout.msc4323/admin/suspend/{userId}"];
const params = Type.Object({ userId: Type.String() });

/**
 * Tells an administrator whether an account is suspended.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1adminsuspenduserid
 */
export const getAdminSuspendUser = (needs: ModerationNeeds) =>
  endpoint({
    method: "GET",
    path,
    aliases,
    auth: "user",
    limit: "none",
    params,
    handle: async ({ params: { userId }, requester }) => ({
      suspended: (await moderatedAccount(needs, requester, userId)).isSuspended,
    }),
  });

/**
 * Suspends an account, or ends that, for administrators.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv1adminsuspenduserid
 */
export const setAdminSuspendUser = (needs: ModerationNeeds) =>
  endpoint({
    method: "PUT",
    path,
    aliases,
    auth: "user",
    suspended: "refused",
    limit: "none",
    params,
    body: Type.Object({ suspended: Type.Boolean() }),

    async handle({ params: { userId }, body: { suspended }, requester }) {
      await accountToChange(needs, requester, userId);
      // It may have been deactivated meanwhile.
      if (!(await needs.users.accounts.setSuspended(userId, suspended))) throw noSuchAccount();
      return { suspended };
    },
  });
