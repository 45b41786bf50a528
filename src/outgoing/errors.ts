/**
 * Why a request to another server came to nothing:
 *
 * - `invalid`: the URL is none that requests go to (scheme, credentials in it, not a URL)
 * - `denied`: the server's address is one to which no request may go, or who asks does not want this URL
 * - `unreachable`: its name does not resolve, nothing accepts connections, or the connection broke
 * - `untrusted`: its certificate is not valid for it
 * - `timeout`: it took too long
 * - `too-large`: the answer (or its headers) is larger than what was asked to be read
 * - `unreadable`: the body is not in the encoding that its headers say, or in one that is not known
 * - `redirected`: it answers with a redirect that is not followed
 * - `busy`: too many requests wait already
 * - `cancelled`: who asked wants the answer no more
 */
export type OutgoingFailure =
  | "invalid"
  | "denied"
  | "unreachable"
  | "untrusted"
  | "timeout"
  | "too-large"
  | "unreadable"
  | "redirected"
  | "busy"
  | "cancelled";

/**
 * A request to another server that came to nothing. Neither the message nor the cause holds more of the URL than the
 * host: paths and queries may be secret.
 */
export class OutgoingError extends Error {
  override readonly name = "OutgoingError";
  readonly kind: OutgoingFailure;
  /** With the port, when there is one; empty when the URL has no host. */
  readonly host: string;

  constructor(kind: OutgoingFailure, host: string, options?: ErrorOptions) {
    super(`${host === "" ? "The request" : host}: ${messages[kind]}`, options);
    this.kind = kind;
    this.host = host;
  }
}

const messages: Readonly<Record<OutgoingFailure, string>> = {
  invalid: "the URL is not one that requests go to",
  denied: "its address is one to which no request may go",
  unreachable: "it cannot be reached",
  untrusted: "its certificate is not trusted",
  timeout: "it did not answer in time",
  "too-large": "its answer is too large",
  unreadable: "its answer is encoded in a way that cannot be read",
  redirected: "it redirects to where the request does not follow",
  busy: "too many requests to it are waiting already",
  cancelled: "the request was given up",
};

/** Thrown where a connection would be made: the resolved addresses are all denied. */
export class AddressDenied extends Error {
  override readonly name = "AddressDenied";
}
