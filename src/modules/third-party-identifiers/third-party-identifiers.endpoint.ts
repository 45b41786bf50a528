import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden } from "../../http/errors.ts";
import type { Identifiers } from "./identifiers.ts";
import { sessionNotUsable } from "./stages.ts";
import type { Validations } from "./validations.ts";

const path = "/_matrix/client/v3/account/3pid";

/**
 * Lists the e-mail addresses and telephone numbers of the account.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3account3pid
 */
export const getAccount3PIDs = ({ identifiers }: { readonly identifiers: Pick<Identifiers, "ofUser"> }) =>
  endpoint({
    method: "GET",
    path,
    auth: "user",
    limit: "none",
    params: Type.Object({}),

    async handle({ requester }) {
      const own = await identifiers.ofUser(requester.userId);
      const threepids = own.map(({ medium, address, validatedAt, addedAt }) => ({
        medium,
        address,
        validated_at: validatedAt,
        added_at: addedAt,
      }));
      return { threepids };
    },
  });

interface Needs {
  readonly identifiers: Pick<Identifiers, "add">;
  readonly validations: Pick<Validations, "validated">;
  readonly mayChange: boolean;
}

/**
 * Adds an address that was validated here: what `/3pid/add` is for now, but without asking who it is. Its sessions are
 * those of this server, whichever identity server the client names.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3account3pid
 */
export const post3PIDs = ({ identifiers, validations, mayChange }: Needs) =>
  endpoint({
    method: "POST",
    path,
    auth: "user",
    limit: "login",
    params: Type.Object({}),
    body: Type.Object({
      three_pid_creds: Type.Object({
        client_secret: Type.String(),
        sid: Type.String(),
        id_server: Type.Optional(Type.String()),
      }),
    }),

    async handle({ body: { three_pid_creds: given }, requester: { userId } }) {
      if (!mayChange) throw forbidden("Identifiers are not changed here");
      const session = { sid: given.sid, clientSecret: given.client_secret, purpose: "add" } as const;
      const validated = await validations.validated(session);
      if (!validated) throw sessionNotUsable();
      await identifiers.add(userId, validated);
      return {};
    },
  });
