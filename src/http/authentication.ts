import type { IncomingMessage } from "node:http";
import type { AnyEndpoint, Requester } from "./endpoint.ts";
import { guestAccessForbidden, missingToken, unknownToken, userLocked, userSuspended } from "./errors.ts";

/** Where a request comes from. */
export interface Origin {
  /** The client's address, after trusted proxies. */
  readonly address: string;
  readonly userAgent: string;
}

/**
 * Finds who a token belongs to; `undefined` when nobody. May throw a MatrixError of its own (M_UNKNOWN_TOKEN with
 * `soft_logout`, M_USER_LOCKED, …). Synchronous when it can be: that is the hot path.
 */
export type Authenticate = (token: string, origin: Origin) => Requester | undefined | Promise<Requester | undefined>;

/**
 * Who asks, as far as the endpoint wants to know.
 *
 * @throws MatrixError M_MISSING_TOKEN, M_UNKNOWN_TOKEN, M_USER_LOCKED, M_USER_SUSPENDED, M_GUEST_ACCESS_FORBIDDEN, or what
 *   `authenticate` throws
 * @see https://spec.matrix.org/v1.19/client-server-api/#using-access-tokens
 */
export function requesterOf(
  endpoint: Pick<AnyEndpoint, "auth" | "locked" | "suspended">,
  request: IncomingMessage,
  authenticate: (token: string) => ReturnType<Authenticate>,
): Requester | undefined | Promise<Requester | undefined> {
  const { auth } = endpoint;
  if (auth === "none") return undefined;
  const token = tokenOf(request);
  if (token === undefined) {
    if (auth === "optional") return undefined;
    throw missingToken();
  }
  const found = authenticate(token);
  return found instanceof Promise ? found.then((requester) => admit(endpoint, requester)) : admit(endpoint, found);
}

function admit(
  { auth, locked, suspended }: Pick<AnyEndpoint, "auth" | "locked" | "suspended">,
  requester: Requester | undefined,
): Requester {
  if (requester === undefined) throw unknownToken();
  if (requester.isLocked && locked !== "allowed") throw userLocked();
  if (requester.isSuspended && suspended === "refused") throw userSuspended();
  // Guests reach only what the specification lists for them: https://spec.matrix.org/v1.19/client-server-api/#guest-access
  if (auth === "user" && requester.isGuest) throw guestAccessForbidden();
  return requester;
}

const bearer = /^bearer +(\S+) *$/i;

/** From the header, or else from the query string, which v1.11 deprecated but old clients use. */
function tokenOf(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization;
  if (header !== undefined) {
    const token = header.startsWith("Bearer ") ? header.slice("Bearer ".length).trim() : bearer.exec(header)?.[1];
    return token === "" ? undefined : token;
  }
  const url = request.url ?? "";
  if (!url.includes("access_token=")) return undefined;
  const token = new URLSearchParams(url.slice(url.indexOf("?") + 1)).get("access_token");
  return token === null || token === "" ? undefined : token;
}
