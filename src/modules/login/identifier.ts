import { Type } from "typebox";
import { forbidden, type MatrixError, missingParam, unknownError } from "../../http/errors.ts";
import { parseUserId } from "../../protocol/ids/ids.ts";

/** The ways to say who logs in; members beside `type` depend on it. */
export const identifierSchema = Type.Object({ type: Type.String(), user: Type.Optional(Type.String()) });

interface NamesUser {
  readonly identifier?: { readonly type: string; readonly user?: string };
  /** What clients sent before there were identifiers. */
  readonly user?: string;
}

/**
 * The user ID that a login names. Local parts of our own are lower-case, and people write capitals.
 * @throws MatrixError 403 for whom this server cannot know, as for a wrong password.
 * @see https://spec.matrix.org/v1.19/client-server-api/#identifier-types
 */
export function namedUserId({ identifier, user }: NamesUser, serverName: string): string {
  if (!identifier) return fromUser(user, serverName);
  switch (identifier.type) {
    case "m.id.user":
      return fromUser(identifier.user, serverName);
    // No account has a third-party identifier here.
    case "m.id.thirdparty":
    case "m.id.phone":
      throw wrongCredentials();
    default:
      throw unknownError(400, `There is no identifier type ${identifier.type}`);
  }
}

function fromUser(user: string | undefined, serverName: string): string {
  if (user === undefined) throw missingParam("The request names no user");
  const parsed = parseUserId(user.startsWith("@") ? user : `@${user}:${serverName}`);
  if (parsed?.serverName !== serverName) throw wrongCredentials();
  return `@${parsed.localpart.toLowerCase()}:${serverName}`;
}

/** Says the same whether the account or the password does not exist. */
export const wrongCredentials = (): MatrixError => forbidden("The user name or the password is wrong");
