import { MatrixError, unavailable } from "../../http/errors.ts";
import { serverNameOf } from "../../protocol/ids/ids.ts";

/**
 * What was asked of users: of this server's, and for which servers that is not to be had.
 * What is no user ID of any server is in neither.
 */
export function byServer<T>(
  asked: Readonly<Record<string, T>>,
  serverName: string,
): { local: [string, T][]; failures: Record<string, MatrixError> } {
  const local: [string, T][] = [];
  const failures = new Map<string, MatrixError>();
  for (const [userId, wanted] of Object.entries(asked)) {
    const server = userId.includes("\0") ? undefined : serverNameOf(userId);
    if (server === serverName) local.push([userId, wanted]);
    else if (server !== undefined) failures.set(server, unavailable("Keys of other servers cannot be asked for"));
  }
  return { local, failures: Object.fromEntries(failures) };
}
