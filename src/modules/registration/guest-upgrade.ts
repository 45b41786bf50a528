import type { Users } from "../../engine/users/users.ts";
import { forbidden, missingParam } from "../../http/errors.ts";

interface Needs {
  readonly users: Pick<Users, "sessions">;
  readonly serverName: string;
}

/** What a registration says of the guest whose account becomes a full one. */
export interface GuestUpgradeJson {
  readonly guest_access_token?: string;
  readonly username?: string;
}

/**
 * The guest who registers under the name that the guest has, shown by the guest's access token; `undefined` when no guest
 * is to become a user.
 * @see https://spec.matrix.org/v1.19/client-server-api/#guest-access
 * @throws MatrixError `M_MISSING_PARAM` without a name; `M_FORBIDDEN` when the token is not that of the named guest
 */
export async function guestToUpgrade(
  { users, serverName }: Needs,
  { guest_access_token: token, username }: GuestUpgradeJson,
): Promise<string | undefined> {
  if (token === undefined) return undefined;
  if (username === undefined) throw missingParam("`username` must be the name that the guest has");
  const session = await users.sessions.authenticate(token);
  if (!session?.isGuest || session.userId !== `@${username}:${serverName}`) {
    throw forbidden("This is not the access token of that guest");
  }
  return session.userId;
}
