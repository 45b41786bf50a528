import { Type } from "typebox";
import type { Device, Users } from "../../engine/users/users.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden, notFound } from "../../http/errors.ts";

/**
 * Says from where an account was used last: to its user, and to administrators about everybody. The right is checked before
 * the account is looked for.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3adminwhoisuserid
 */
export const getWhoIs = ({ accounts, devices }: Pick<Users, "accounts" | "devices">) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/admin/whois/{userId}",
    auth: "user",
    limit: "none",
    params: Type.Object({ userId: Type.String() }),

    async handle({ params: { userId }, requester }) {
      if (userId !== requester.userId && !requester.isAdmin) throw forbidden("You may ask about yourself only");
      if (!(await accounts.get(userId))) throw notFound("There is no such user here");
      const all = await devices.list(userId);
      return {
        user_id: userId,
        devices: Object.fromEntries(all.map((device) => [device.deviceId, { sessions: [sessionOf(device)] }])),
      };
    },
  });

/** A device has one session, of which the newest connection is known. */
function sessionOf({ lastSeenAt, lastSeenAddress, lastSeenUserAgent }: Device): object {
  if (lastSeenAt === 0) return { connections: [] };
  return { connections: [{ ip: lastSeenAddress, last_seen: lastSeenAt, user_agent: lastSeenUserAgent }] };
}
