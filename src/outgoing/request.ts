import type { OutgoingResponse } from "./response.ts";
import type { StreamedResponse } from "./streamed-response.ts";

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
  /** Asked of each URL, those of redirects included, before anything is sent there; what it refuses is `denied`. */
  readonly mayAsk?: (url: URL) => boolean;
  /** Whether `http:` will do. `https:` alone by default. */
  readonly allowsPlainHttp?: boolean;
  /** Gives the request up. */
  readonly signal?: AbortSignal;
}

/** A request whose answer is read as it comes: how much of it is said then. */
export interface StreamRequest extends Omit<OutgoingRequest, "maxBytes"> {
  /** Compressed answers (gzip, Brotli) are asked for and unpacked. */
  readonly unpacks?: boolean;
}

/** Sends requests to other servers. */
export interface HttpClient {
  /**
   * An answer of any status.
   * @throws OutgoingError when there is none
   */
  request(request: OutgoingRequest): Promise<OutgoingResponse>;
}

/** Sends requests to other servers, and lets their answers be read as they come. */
export interface StreamingClient extends HttpClient {
  /**
   * The beginning of an answer of any status; its body is read by whoever gets it, and is let go of when that is disposed
   * of, which it must be. The time limit holds for all of it.
   * @throws OutgoingError when there is none
   */
  stream(request: StreamRequest): Promise<StreamedResponse>;
}
