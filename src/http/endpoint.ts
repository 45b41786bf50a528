import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Static, TObject, TSchema } from "typebox";
import type { MatrixError } from "./errors.ts";

export type Method = "GET" | "PUT" | "POST" | "DELETE";
type Infer<S extends TSchema | undefined> = S extends TSchema ? Static<S> : undefined;

/** Rate limit classes; `rate_limits` of the configuration has one bucket for each. */
export type LimitClass =
  | "none"
  | "message"
  | "login"
  | "registration"
  | "validation"
  | "join"
  | "invite"
  | "createRoom"
  | "report"
  | "media"
  | "download"
  | "reading"
  | "writing"
  | "urlPreview"
  | "federation";

/** Which `serve` entry of a listener brings the endpoint. */
export type Surface = "client" | "federation" | "media" | "admin" | "console" | "health" | "metrics";

export interface EndpointSpec<
  P extends TObject,
  Q extends TObject | undefined,
  B extends TSchema | undefined,
  A extends Auth,
> {
  readonly method: Method;
  /** The path as the specification prints it; older prefixes (`r0`) and unstable names are listed in `aliases`. */
  readonly path: string;
  readonly aliases?: readonly string[];
  /** Default: `client`. Of several, any one that a listener serves brings the endpoint there. */
  readonly surface?: Surface | readonly Surface[];
  readonly auth: A;
  /** What becomes of locked accounts. Default: refused, with `M_USER_LOCKED`. */
  readonly locked?: "allowed";
  /** What becomes of suspended accounts. Default: allowed; `refused` with `M_USER_SUSPENDED`. */
  readonly suspended?: "refused";
  readonly limit: LimitClass;
  readonly params: P;
  readonly query?: Q;
  readonly body?: B;
  /** The body is what an HTML form sends, `application/x-www-form-urlencoded`, and is read as a query string is. */
  readonly isForm?: true;
  /** Largest body in bytes, when not the default of 1 MiB. */
  readonly bodyLimitBytes?: number;
  /**
   * The body is neither collected nor checked: the endpoint reads `stream` itself and keeps its own limit (uploads).
   * `body` is not to be given then.
   */
  readonly rawBody?: true;
  /** For what people see in a browser: makes a page of every error, also of one that comes before `handle`. */
  readonly showError?: (error: MatrixError) => Answer;
  readonly handle: (request: EndpointRequest<Static<P>, Infer<Q>, Infer<B>, A>) => Promise<object>;
}

/** `user` refuses guests, `user-or-guest` takes both, `optional` gives a requester when a token is there. */
export type Auth = "none" | "optional" | "user" | "user-or-guest";

export interface EndpointRequest<P, Q, B, A extends Auth> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly requester: A extends "none" ? undefined : A extends "optional" ? Requester | undefined : Requester;
  /** Aborted when the client goes away or the server stops. */
  readonly signal: AbortSignal;
  /** The client's address, after trusted proxies. */
  readonly address: string;
  readonly userAgent: string;
  /** The request line's target as it came, undecoded: signed by other servers. */
  readonly url: string;
  /** Names are in lower case. `content-type` is there for `rawBody` only: JSON bodies are JSON whatever it says. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** The unread body, for `rawBody` only. */
  readonly stream: Readable;
}

/** Who asks. Found by the hash of the access token. */
export interface Requester {
  readonly userId: string;
  readonly deviceId: string;
  readonly isGuest: boolean;
  readonly isAdmin: boolean;
  /** An administrator has locked the account: only what says `locked: "allowed"` is reached with it. */
  readonly isLocked: boolean;
  /** An administrator has suspended the account: what it may not do says `suspended: "refused"`. */
  readonly isSuspended: boolean;
}

/** Gives a definition its types; does nothing at run time. */
export function endpoint<
  P extends TObject,
  Q extends TObject | undefined,
  B extends TSchema | undefined,
  A extends Auth,
>(spec: EndpointSpec<P, Q, B, A>): AnyEndpoint;
export function endpoint(spec: AnyEndpoint): AnyEndpoint {
  return spec;
}

/** An endpoint whose schemas are not known to the type checker any more: what the router works with. */
export type AnyEndpoint = EndpointSpec<TObject, TObject | undefined, TSchema | undefined, Auth>;

/** An answer whose JSON text exists already, sent as it is. */
export class JsonText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An answer with a status or headers of its own. `body` is JSON when an object, sent as it is when a string. */
export class Answer {
  readonly status: number;
  readonly body: object | string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, body: object | string, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}
