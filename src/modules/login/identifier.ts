import { Type } from "typebox";
import { Value } from "typebox/value";
import { badJson, forbidden, type MatrixError, missingParam, unknownError } from "../../http/errors.ts";
import { parseUserId } from "../../protocol/ids/ids.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Identifiers, NamedByIdentifier } from "../third-party-identifiers/index.ts";

const text = Type.Optional(Type.String());

/** The ways to say who logs in; members beside `type` depend on it. */
export const identifierSchema = Type.Object({
  type: Type.String(),
  user: text,
  medium: text,
  address: text,
  country: text,
  phone: text,
  // What `phone` was called by clients of before r0.4.
  number: text,
});

interface NamesUser {
  readonly identifier?: NamedByIdentifier & { readonly user?: string; readonly number?: string };
  /** What clients sent before there were identifiers. */
  readonly user?: string;
  readonly medium?: string;
  readonly address?: string;
}

interface Needs {
  readonly serverName: string;
  readonly identifiers: Pick<Identifiers, "userNamedBy">;
}

/**
 * The user ID that a login names; `undefined` for an address that is nobody's. Local parts of our own are lower-case, and
 * people write capitals.
 * @throws MatrixError 403 for whom this server cannot know, as for a wrong password.
 * @see https://spec.matrix.org/v1.19/client-server-api/#identifier-types
 */
export async function namedUserId(names: NamesUser, { serverName, identifiers }: Needs): Promise<string | undefined> {
  const identifier = names.identifier ?? olderIdentifier(names);
  switch (identifier.type) {
    case "m.id.user":
      return fromUser(identifier.user, serverName);
    case "m.id.thirdparty":
      if (identifier.medium === undefined) throw missingParam("The identifier has no medium");
      if (identifier.address === undefined) throw missingParam("The identifier has no address");
      return await identifiers.userNamedBy(identifier);
    case "m.id.phone": {
      const phone = identifier.phone ?? identifier.number;
      if (phone === undefined) throw missingParam("The identifier has no phone");
      return await identifiers.userNamedBy({ ...identifier, phone });
    }
    default:
      throw unknownError(400, `There is no identifier type ${identifier.type}`);
  }
}

const authSchema = Type.Object({
  identifier: Type.Optional(identifierSchema),
  user: text,
  medium: text,
  address: text,
});

/**
 * The same for the `auth` of user-interactive authentication, where it is enough to name nobody: `undefined` then.
 * @throws MatrixError as above, and `M_BAD_JSON`
 */
export async function namedInAuth(
  auth: JsonObject,
  needs: Needs,
): Promise<{ readonly userId: string | undefined } | undefined> {
  if (!Value.Check(authSchema, auth)) throw badJson("auth names its user in no way that there is");
  const { identifier, user, address } = auth;
  if (identifier === undefined && user === undefined && address === undefined) return undefined;
  return { userId: await namedUserId(auth, needs) };
}

/** v1.4 still has the members of before: a user, or medium and address. */
function olderIdentifier({ user, medium, address }: NamesUser): NonNullable<NamesUser["identifier"]> {
  if (user !== undefined) return { type: "m.id.user", user };
  if (medium === undefined || address === undefined) throw missingParam("The request names no user");
  return { type: "m.id.thirdparty", medium, address };
}

function fromUser(user: string | undefined, serverName: string): string {
  if (user === undefined) throw missingParam("The request names no user");
  const parsed = parseUserId(user.startsWith("@") ? user : `@${user}:${serverName}`);
  if (parsed?.serverName !== serverName) throw wrongCredentials();
  return `@${parsed.localpart.toLowerCase()}:${serverName}`;
}

/** Says the same whether the account or the password does not exist. */
export const wrongCredentials = (): MatrixError => forbidden("The user name or the password is wrong");
