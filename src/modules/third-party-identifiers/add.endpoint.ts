import { Type } from "typebox";
import { Answer, endpoint } from "../../http/endpoint.ts";
import { forbidden } from "../../http/errors.ts";
import { authSchema, type Uia } from "../user-interactive-authentication/index.ts";
import type { Identifiers } from "./identifiers.ts";
import { sessionNotUsable } from "./stages.ts";
import type { Validations } from "./validations.ts";

const path = "/_matrix/client/v3/account/3pid/add";

interface Needs {
  readonly identifiers: Pick<Identifiers, "add">;
  readonly validations: Pick<Validations, "validated">;
  readonly uia: Pick<Uia, "require">;
  readonly mayChange: boolean;
}

/**
 * Adds an address that was validated here to the account, once the user has given the password again: whoever has the
 * address can get a new password by it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3account3pidadd
 */
export const add3PID = ({ identifiers, validations, uia, mayChange }: Needs) =>
  endpoint({
    method: "POST",
    path,
    aliases: ["/_matrix/client/unstable/account/3pid/add"],
    auth: "user",
    limit: "login",
    params: Type.Object({}),
    body: Type.Object({ auth: authSchema, client_secret: Type.String(), sid: Type.String() }),

    async handle({ body, requester: { userId } }) {
      if (!mayChange) throw forbidden("Identifiers are not changed here");
      const session = { sid: body.sid, clientSecret: body.client_secret, purpose: "add" } as const;
      // Before the password is asked for: people often come back before they have opened the mail.
      const validated = await validations.validated(session);
      if (!validated) throw sessionNotUsable();
      const authenticated = await uia.require({ operation: `POST ${path}`, userId, body }, [["m.login.password"]]);
      if (authenticated instanceof Answer) return authenticated;
      await identifiers.add(userId, validated);
      await authenticated.end();
      return {};
    },
  });
