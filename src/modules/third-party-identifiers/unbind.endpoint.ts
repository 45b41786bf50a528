import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { invalidParam } from "../../http/errors.ts";
import { type Identifier, toIdentifier } from "./address.ts";
import type { Bindings } from "./bindings.ts";

/** An identifier as clients name it that is to be removed. */
export const removedSchema = Type.Object({
  medium: Type.Union([Type.Literal("email"), Type.Literal("msisdn")]),
  address: Type.String(),
  id_server: Type.Optional(Type.String({ maxLength: 255 })),
});

/** @throws MatrixError 400 `M_INVALID_PARAM` for what is no identifier */
export async function removedIdentifier({
  medium,
  address,
}: {
  readonly medium: string;
  readonly address: string;
}): Promise<Identifier> {
  const identifier = await toIdentifier(medium, address);
  if (!identifier) throw invalidParam("address is no identifier of that medium");
  return identifier;
}

/**
 * Takes an identifier back from an identity server; it stays with the account. Errors of the identity server are passed on.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3account3pidunbind
 */
export const unbind3pidFromAccount = ({ bindings }: { readonly bindings: Pick<Bindings, "unbind"> }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/account/3pid/unbind",
    aliases: ["/_matrix/client/unstable/account/3pid/unbind"],
    auth: "user",
    limit: "validation",
    params: Type.Object({}),
    body: removedSchema,
    handle: async ({ body, requester: { userId } }) => ({
      id_server_unbind_result: await bindings.unbind(userId, await removedIdentifier(body), body.id_server),
    }),
  });
