import { parseUserId } from "../../protocol/ids/ids.ts";
import { forbidden, invalidParam } from "../../http/errors.ts";

export interface LocalServer {
  readonly serverName: string;
}

/**
 * Whether an invite can reach the user.
 * @throws MatrixError `M_INVALID_PARAM` for what is no user ID, `M_FORBIDDEN` for users of other servers: this server does
 *   not speak with others.
 */
export function checkInvitee({ serverName }: LocalServer, userId: string): void {
  const user = parseUserId(userId);
  if (!user) throw invalidParam(`${userId} is no user ID`);
  if (user.serverName !== serverName)
    throw forbidden(`${user.serverName} cannot be reached: this server does not federate`);
}
