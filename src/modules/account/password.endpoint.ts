import { Type } from "typebox";
import type { Users } from "../../engine/users/users.ts";
import { Answer, endpoint } from "../../http/endpoint.ts";
import { missingToken, threepidNotFound } from "../../http/errors.ts";
import {
  type Identifiers,
  type Medium,
  stageTypes,
  validatedIn,
  type Validations,
} from "../third-party-identifiers/index.ts";
import { type Authenticated, authSchema, type Uia } from "../user-interactive-authentication/index.ts";

const path = "/_matrix/client/v3/account/password";

/** What the endpoint works with. */
export interface PasswordNeeds {
  readonly users: Pick<Users, "accounts" | "passwords">;
  readonly uia: Uia;
  readonly identifiers: Pick<Identifiers, "ownerOf">;
  readonly validations: Pick<Validations, "end">;
  /** The media by which people who have forgotten the password can show who they are. */
  readonly media: readonly Medium[];
}

/**
 * Changes the password, once the user has given the old one: the device that asks stays logged in. Without an access token
 * it is for people who have forgotten it, and who show by an address of the account that it is theirs.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3accountpassword
 */
export const postPassword = (needs: PasswordNeeds) =>
  endpoint({
    method: "POST",
    path,
    auth: "optional",
    limit: "login",
    params: Type.Object({}),
    body: Type.Object({
      auth: authSchema,
      new_password: Type.String(),
      logout_devices: Type.Optional(Type.Boolean()),
    }),

    async handle({ body, requester }) {
      const { users, uia } = needs;
      if (!requester && needs.media.length === 0) throw missingToken();
      users.passwords.assertAcceptable(body.new_password);
      const request = { operation: `POST ${path}`, userId: requester?.userId, body };
      const flows = requester ? [["m.login.password"]] : needs.media.map((medium) => [stageTypes[medium]]);
      const authenticated = await uia.require(request, flows);
      if (authenticated instanceof Answer) return authenticated;
      const userId = requester?.userId ?? (await ownerOfProof(needs, authenticated));
      const logout = body.logout_devices === false ? "none" : requester ? { keep: requester.deviceId } : {};
      await users.accounts.setPassword(userId, body.new_password, logout);
      await authenticated.end();
      return {};
    },
  });

/**
 * Whose the address is that was shown. The session that showed it has served, whatever becomes of this request.
 * @throws MatrixError `M_THREEPID_NOT_FOUND` when it is nobody's any more
 */
async function ownerOfProof({ identifiers, validations }: PasswordNeeds, { results }: Authenticated): Promise<string> {
  for (const validated of validatedIn(results)) {
    await validations.end(validated.sid);
    const owner = await identifiers.ownerOf(validated);
    if (owner !== undefined) return owner;
  }
  throw threepidNotFound("No account has this identifier");
}
