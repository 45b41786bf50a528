import { invalidUsername } from "../../http/errors.ts";
import { isUserId, isValidNewLocalpart, type UserId } from "../../protocol/ids/ids.ts";

/**
 * The user ID for the name that somebody wishes. Capitals become small letters: nobody shall be taken for another by the
 * case of a letter.
 * @throws MatrixError 400 `M_INVALID_USERNAME`
 * @see https://spec.matrix.org/v1.19/appendices/#user-identifiers
 */
export function toUserId(username: string, serverName: string): UserId {
  const localpart = username.toLowerCase();
  if (!isValidNewLocalpart(localpart)) {
    throw invalidUsername("A user name consists of the letters a to z, digits and ._=/+-");
  }
  if (/^\d+$/.test(localpart)) throw invalidUsername("User names of digits alone are for guests");
  const userId = `@${localpart}:${serverName}`;
  if (!isUserId(userId)) throw invalidUsername("The user name is too long");
  return userId;
}
