import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden } from "../../http/errors.ts";
import { type RegistrationTokens, tokenStageType } from "./registration-tokens.ts";

interface Needs {
  readonly tokens: Pick<RegistrationTokens, "isValid">;
  /** Whether a flow of registration has the stage. */
  readonly isAskedFor: boolean;
}

/**
 * Says whether a registration token is good, before people fill in the rest.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1registermloginregistration_tokenvalidity
 */
export const getTokenValidity = ({ tokens, isAskedFor }: Needs) =>
  endpoint({
    method: "GET",
    path: `/_matrix/client/v1/register/${tokenStageType}/validity`,
    auth: "none",
    limit: "registration",
    params: Type.Object({}),
    query: Type.Object({ token: Type.String() }),

    async handle({ query }) {
      if (!isAskedFor) throw forbidden("This server does not register by token");
      return { valid: await tokens.isValid(query.token) };
    },
  });
