import { Type } from "typebox";
import type { Users } from "../../engine/users/users.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden, missingParam, unknownError, userDeactivated } from "../../http/errors.ts";
import type { Limiter } from "../../http/rate-limits.ts";
import type { Identifiers } from "../third-party-identifiers/index.ts";
import { identifierSchema, namedUserId, wrongCredentials } from "./identifier.ts";
import type { LoginTokens } from "./login-tokens.ts";
import { newDeviceSchema, sessionStartOf, toSessionJson } from "./session-json.ts";

const path = "/_matrix/client/v3/login";

/** A provider of identities as `GET /login` lists it. */
export interface IdentityProvider {
  readonly id: string;
  readonly name: string;
  readonly icon?: string;
  readonly brand?: string;
}

/** What there is beside passwords. */
interface Flows {
  /** Empty = there is no single sign-on. */
  readonly identityProviders: readonly IdentityProvider[];
  /** Whether clients that are logged in can get login tokens for others. */
  readonly givesLoginTokens: boolean;
}

/**
 * Says how people may log in.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3login
 */
export const getLogin = (flows: Flows) =>
  endpoint({
    method: "GET",
    path,
    auth: "none",
    limit: "reading",
    params: Type.Object({}),
    handle: async () => ({ flows: flowsOf(flows) }),
  });

function flowsOf({ identityProviders, givesLoginTokens }: Flows): object[] {
  const hasSingleSignOn = identityProviders.length > 0;
  return [
    { type: "m.login.password" },
    ...(hasSingleSignOn ? [{ type: "m.login.sso", identity_providers: identityProviders }] : []),
    ...(hasSingleSignOn || givesLoginTokens
      ? [{ type: "m.login.token", ...(givesLoginTokens && { get_login_token: true }) }]
      : []),
  ];
}

interface Needs {
  readonly users: Pick<Users, "accounts" | "sessions">;
  readonly loginTokens: Pick<LoginTokens, "redeem">;
  readonly serverName: string;
  readonly publicBaseUrl: string | undefined;
  /** Guessing passwords is limited by the account as well, since addresses are cheap. */
  readonly limiter: Pick<Limiter, "require">;
  readonly identifiers: Pick<Identifiers, "userNamedBy">;
}

type PasswordLogin = Parameters<typeof namedUserId>[0] & { readonly type: string; readonly password?: string };

/**
 * Starts a session with a password or a login token.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3login
 */
export const postLogin = ({ users, loginTokens, serverName, publicBaseUrl, limiter, identifiers }: Needs) => {
  async function byPassword(body: PasswordLogin): Promise<string> {
    if (body.type !== "m.login.password") throw unknownError(400, `There is no login type ${body.type} here`);
    if (body.password === undefined) throw missingParam("A password is needed");
    const named = await namedUserId(body, { serverName, identifiers });
    // An address that is nobody's is limited as an account is, and takes as long: its password is checked as well.
    limiter.require("login", named ?? JSON.stringify([body.identifier, body.medium, body.address]));
    const userId = named ?? "";
    if (await users.accounts.checkPassword(userId, body.password)) return userId;
    // Deactivated accounts have no password any more, and everybody may know that their name is taken.
    if ((await users.accounts.get(userId))?.isDeactivated) throw userDeactivated();
    throw wrongCredentials();
  }

  /** Nobody is named beside the token: it says whom it is for. */
  async function byToken(token: string | undefined): Promise<string> {
    if (token === undefined) throw missingParam("A token is needed");
    const userId = await loginTokens.redeem(token);
    if (userId === undefined) throw forbidden("The login token is unknown, was used or has expired");
    return userId;
  }

  return endpoint({
    method: "POST",
    path,
    auth: "none",
    limit: "login",
    params: Type.Object({}),
    body: Type.Object({
      type: Type.String(),
      identifier: Type.Optional(identifierSchema),
      user: Type.Optional(Type.String()),
      medium: Type.Optional(Type.String()),
      address: Type.Optional(Type.String()),
      password: Type.Optional(Type.String()),
      token: Type.Optional(Type.String()),
      ...newDeviceSchema,
    }),

    async handle({ body }) {
      const userId = body.type === "m.login.token" ? await byToken(body.token) : await byPassword(body);
      const session = await users.sessions.start(sessionStartOf(userId, body));
      const wellKnown = publicBaseUrl && { well_known: { "m.homeserver": { base_url: publicBaseUrl } } };
      return { ...toSessionJson(session, serverName), ...wellKnown };
    },
  });
};
