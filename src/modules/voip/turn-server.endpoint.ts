import { Type } from "typebox";
import type { Clock } from "../../clock.ts";
import { endpoint } from "../../http/endpoint.ts";
import { type Credentials, credentialsFor } from "./credentials.ts";

export interface Needs {
  readonly clock: Clock;
  /** The section `turn` of the configuration. */
  readonly turn: {
    readonly uris: readonly string[];
    readonly credentials: Credentials | undefined;
    readonly lifetimeMs: number;
    readonly guests: boolean;
  };
}

/**
 * TURN servers and credentials for them; an empty object where there are none, as clients know it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3voipturnserver
 */
export const getTurnServer = ({ clock, turn }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/voip/turnServer",
    auth: turn.guests ? "user-or-guest" : "user",
    limit: "reading",
    params: Type.Object({}),

    async handle({ requester: { userId } }) {
      const { uris, credentials, lifetimeMs } = turn;
      if (uris.length === 0 || !credentials) return {};
      const nameAndPassword = credentialsFor(credentials, userId, clock.now() + lifetimeMs);
      return { ...nameAndPassword, uris, ttl: Math.floor(lifetimeMs / 1000) };
    },
  });
