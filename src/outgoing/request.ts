import type { OutgoingResponse } from "./response.ts";

/** A request to another server. */
export interface OutgoingRequest {
  readonly url: string | URL;
  /** GET by default. */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** Names in lower case. A `host` may differ from the URL's: it is then also the name that the certificate is for. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The most that is read of the answer's body; 1 MiB by default. */
  readonly maxBytes?: number;
  /** For all of it, redirects and the reading included; 30 seconds by default. */
  readonly timeoutMs?: number;
  /** How many redirects are followed, for GET and HEAD alone: none by default, and then a redirect is an answer. */
  readonly redirects?: number;
  /** Whether `http:` will do. `https:` alone by default. */
  readonly allowsPlainHttp?: boolean;
  /** Gives the request up. */
  readonly signal?: AbortSignal;
}

/** Sends requests to other servers. */
export interface HttpClient {
  /**
   * An answer of any status.
   * @throws OutgoingError when there is none
   */
  request(request: OutgoingRequest): Promise<OutgoingResponse>;
}
