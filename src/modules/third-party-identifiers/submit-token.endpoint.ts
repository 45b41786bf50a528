import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { tokenIncorrect } from "../../http/errors.ts";
import type { Validations } from "./validations.ts";

/** Where clients send the code that came by text message: the `submit_url` of the answers that promise one. */
export const submitPath = "/_heddle/third-party-identifiers/submit_token";

/**
 * Validates a session by the code that somebody has typed. A session lets no more than a few guesses pass.
 * @see https://spec.matrix.org/v1.19/identity-service-api/#post_matrixidentityv2validatemsisdnsubmittoken
 */
export const postSubmitToken = ({ validations }: { readonly validations: Pick<Validations, "submit"> }) =>
  endpoint({
    method: "POST",
    path: submitPath,
    auth: "none",
    limit: "login",
    params: Type.Object({}),
    body: Type.Object({ sid: Type.String(), client_secret: Type.String(), token: Type.String() }),

    async handle({ body }) {
      if (!(await validations.submit(body.sid, body.token.trim(), body.client_secret))) {
        throw tokenIncorrect("The code is wrong, has expired, or belongs to another session");
      }
      return { success: true };
    },
  });
