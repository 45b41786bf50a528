import { isUserId, isValidNewLocalpart, parseUserId } from "../protocol/ids/ids.ts";
import { CommandError } from "./failure.ts";

/** `alice` or `@alice:example.org` → the user ID, which must be of this server. */
export function toUserId(name: string, serverName: string): string {
  const userId = name.startsWith("@") ? name : `@${name}:${serverName}`;
  const parsed = parseUserId(userId);
  if (parsed === undefined) throw new CommandError(`${name} is not the name of a user`);
  if (parsed.serverName !== serverName) throw new CommandError(`${userId} is not a user of ${serverName}`);
  return userId;
}

/** The same for an account to be made, whose name follows today's stricter rules. */
export function toNewUserId(name: string, serverName: string): string {
  const userId = toUserId(name, serverName);
  const localpart = parseUserId(userId)?.localpart ?? "";
  if (isUserId(userId) && isValidNewLocalpart(localpart)) return userId;
  throw new CommandError(`${localpart} cannot be a user's name: only a-z, 0-9 and ._=/+- are allowed`);
}
