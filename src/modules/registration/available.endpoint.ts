import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden } from "../../http/errors.ts";
import type { NewAccounts } from "./new-accounts.ts";
import type { RegistrationMode } from "./register.endpoint.ts";

interface Needs {
  readonly accounts: Pick<NewAccounts, "chooseUserId">;
  readonly mode: RegistrationMode;
}

/**
 * Says whether a name is free now; nothing is reserved.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3registeravailable
 */
export const getAvailable = ({ accounts, mode }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/register/available",
    auth: "none",
    limit: "registration",
    params: Type.Object({}),
    query: Type.Object({ username: Type.String() }),

    async handle({ query }) {
      if (mode === "closed") throw forbidden("Registration is closed on this server");
      await accounts.chooseUserId(query.username);
      return { available: true };
    },
  });
