import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";

interface Needs {
  readonly publicBaseUrl: string | undefined;
  /** Whether other servers are answered where clients are. */
  readonly isFederatedThere: boolean;
}

/**
 * Sends other servers where clients go. Answered only when federation is served there: a wrong answer would cut this
 * server off, while without one they try port 8448.
 * @see https://spec.matrix.org/v1.19/server-server-api/#getwell-knownmatrixserver
 */
export const getWellKnownServer = ({ publicBaseUrl, isFederatedThere }: Needs) => {
  const delegate = isFederatedThere && publicBaseUrl !== undefined ? delegateOf(new URL(publicBaseUrl)) : undefined;
  return endpoint({
    method: "GET",
    path: "/.well-known/matrix/server",
    auth: "none",
    limit: "none",
    params: Type.Object({}),

    async handle() {
      if (delegate === undefined) throw notFound("The operator has not said where other servers reach this one");
      return { "m.server": delegate };
    },
  });
};

/** Federation speaks TLS only, and knows no paths. */
function delegateOf({ protocol, hostname, port, pathname }: URL): string | undefined {
  if (protocol !== "https:" || pathname !== "/") return undefined;
  return `${hostname}:${port === "" ? "443" : port}`;
}
