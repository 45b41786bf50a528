import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden, MatrixError } from "../../http/errors.ts";
import type { Bindings, UnbindResult } from "./bindings.ts";
import type { Identifiers } from "./identifiers.ts";
import { removedIdentifier, removedSchema } from "./unbind.endpoint.ts";

interface Needs {
  readonly identifiers: Pick<Identifiers, "remove">;
  readonly bindings: Pick<Bindings, "unbind">;
  readonly mayChange: boolean;
}

/**
 * Removes an identifier from the account, and takes it back from the identity server as far as that can be done.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3account3piddelete
 */
export const delete3pidFromAccount = ({ identifiers, bindings, mayChange }: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/account/3pid/delete",
    aliases: ["/_matrix/client/unstable/account/3pid/delete"],
    auth: "user",
    limit: "validation",
    params: Type.Object({}),
    body: removedSchema,

    async handle({ body, requester: { userId } }) {
      if (!mayChange) throw forbidden("Identifiers are not changed here");
      const identifier = await removedIdentifier(body);
      await identifiers.remove(userId, identifier);
      return { id_server_unbind_result: await attempt(bindings.unbind(userId, identifier, body.id_server)) };
    },
  });

/** The identifier is gone from the account whatever an identity server answers: the client is not to ask again. */
async function attempt(unbinding: Promise<UnbindResult>): Promise<UnbindResult> {
  try {
    return await unbinding;
  } catch (error) {
    if (error instanceof MatrixError) return "no-support";
    throw error;
  }
}
