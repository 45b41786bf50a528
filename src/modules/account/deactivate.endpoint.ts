import { Type } from "typebox";
import type { Users } from "../../engine/users/users.ts";
import { Answer, endpoint } from "../../http/endpoint.ts";
import type { Bindings } from "../third-party-identifiers/index.ts";
import { authSchema, type Uia } from "../user-interactive-authentication/index.ts";

const path = "/_matrix/client/v3/account/deactivate";

interface Needs {
  readonly users: Pick<Users, "accounts">;
  readonly uia: Uia;
  readonly bindings: Pick<Bindings, "unbindAll">;
  /** Waits for a part of what goes on after the end of an account, such as leaving the rooms. */
  readonly onDeactivated: (userId: string) => Promise<void>;
}

/**
 * Ends an account for ever, once the user has given the password again. Its name is never given to anybody else.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3accountdeactivate
 */
export const postDeactivate = ({ users, uia, bindings, onDeactivated }: Needs) =>
  endpoint({
    method: "POST",
    path,
    auth: "user",
    limit: "login",
    params: Type.Object({}),
    body: Type.Object({
      auth: authSchema,
      id_server: Type.Optional(Type.String({ maxLength: 255 })),
      erase: Type.Optional(Type.Boolean()),
    }),

    async handle({ body, requester: { userId } }) {
      const authenticated = await uia.require({ operation: `POST ${path}`, userId, body }, [["m.login.password"]]);
      if (authenticated instanceof Answer) return authenticated;
      // First, since the account is needed for it; what fails is said, and keeps nobody from going.
      const unbound = await bindings.unbindAll(userId, body.id_server);
      await users.accounts.deactivate(userId, { isErased: body.erase === true });
      await onDeactivated(userId);
      await authenticated.end();
      return { id_server_unbind_result: unbound };
    },
  });
