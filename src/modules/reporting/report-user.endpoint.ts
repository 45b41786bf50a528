import { Type } from "typebox";
import type { Users } from "../../engine/users/users.ts";
import { endpoint } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";
import { isUserId } from "../../protocol/ids/ids.ts";
import type { Reports } from "./reports.ts";

interface Needs {
  readonly users: Pick<Users, "accounts">;
  readonly reports: Reports;
}

/**
 * Reports a user, of this server or one who has been seen in a room of it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3usersuseridreport
 */
export const reportUser = ({ users, reports }: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/users/{userId}/report",
    aliases: ["/_matrix/client/unstable/org.matrix.msc4260/users/{userId}/report"],
    auth: "user",
    limit: "report",
    params: Type.Object({ userId: Type.String() }),
    body: Type.Object({ reason: Type.String() }),

    async handle({ params: { userId }, body: { reason }, requester }) {
      const isKnown =
        isUserId(userId) && ((await users.accounts.get(userId)) !== undefined || (await reports.isKnownUser(userId)));
      if (!isKnown) throw notFound("No user of this ID is known here");
      await reports.add({ kind: "user", reporter: requester.userId, userId, reason });
      return {};
    },
  });
