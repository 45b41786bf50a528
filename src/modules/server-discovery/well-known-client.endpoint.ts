import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";

interface Needs {
  readonly publicBaseUrl: string | undefined;
  readonly identityServer?: string | undefined;
  /** What the operator wants told besides. */
  readonly client?: Readonly<Record<string, unknown>>;
}

/**
 * Says under which URL clients reach this server.
 * @see https://spec.matrix.org/v1.19/client-server-api/#getwell-knownmatrixclient
 */
export const getWellKnownClient = ({ publicBaseUrl, identityServer, client = {} }: Needs) =>
  endpoint({
    method: "GET",
    path: "/.well-known/matrix/client",
    auth: "none",
    limit: "none",
    params: Type.Object({}),

    async handle() {
      if (publicBaseUrl === undefined) throw notFound("The operator has not said how clients reach this server");
      return {
        ...client,
        "m.homeserver": { base_url: publicBaseUrl },
        ...(identityServer !== undefined && { "m.identity_server": { base_url: identityServer } }),
      };
    },
  });
