import { Type } from "typebox";
import type { Users } from "../../engine/users/users.ts";
import { Answer, endpoint } from "../../http/endpoint.ts";
import { authSchema, type Uia } from "../user-interactive-authentication/index.ts";

const path = "/_matrix/client/v3/account/password";

interface Needs {
  readonly users: Pick<Users, "accounts" | "passwords">;
  readonly uia: Uia;
}

/**
 * Changes the password, once the user has given the old one. The device that asks stays logged in.
 * Deviates: without an access token it refuses, since there is no mail yet by which to prove who one is.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3accountpassword
 */
export const postPassword = ({ users, uia }: Needs) =>
  endpoint({
    method: "POST",
    path,
    auth: "user",
    limit: "login",
    params: Type.Object({}),
    body: Type.Object({
      auth: authSchema,
      new_password: Type.String(),
      logout_devices: Type.Optional(Type.Boolean()),
    }),

    async handle({ body, requester: { userId, deviceId } }) {
      users.passwords.assertAcceptable(body.new_password);
      const authenticated = await uia.require({ operation: `POST ${path}`, userId, body }, [["m.login.password"]]);
      if (authenticated instanceof Answer) return authenticated;
      const logout = body.logout_devices === false ? "none" : { keep: deviceId };
      await users.accounts.setPassword(userId, body.new_password, logout);
      await authenticated.end();
      return {};
    },
  });
