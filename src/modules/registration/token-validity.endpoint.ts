import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden } from "../../http/errors.ts";
import type { RegistrationMode } from "./register.endpoint.ts";
import { type RegistrationTokens, tokenStageType } from "./registration-tokens.ts";

interface Needs {
  readonly tokens: Pick<RegistrationTokens, "isValid">;
  readonly mode: RegistrationMode;
}

/**
 * Says whether a registration token is good, before people fill in the rest.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1registermloginregistration_tokenvalidity
 */
export const getTokenValidity = ({ tokens, mode }: Needs) =>
  endpoint({
    method: "GET",
    path: `/_matrix/client/v1/register/${tokenStageType}/validity`,
    auth: "none",
    limit: "registration",
    params: Type.Object({}),
    query: Type.Object({ token: Type.String() }),

    async handle({ query }) {
      if (mode !== "token") throw forbidden("This server does not register by token");
      return { valid: await tokens.isValid(query.token) };
    },
  });
