/*
 * How this works. Every request waits for one of its server's places, then for one of all places, so that a slow server
 * holds up requests to itself alone; it keeps them until its answer is read. Its whole time (waiting, connecting,
 * redirects, reading) is one limit. Addresses are decided on where the connection is made (connector.ts), so each redirect
 * passes the same check.
 */
import type { SecureContext } from "node:tls";
import { Agent, request as send } from "undici";
import type { AddressPolicy } from "./address-policy.ts";
import { createConnector } from "./connector.ts";
import { OutgoingError } from "./errors.ts";
import { firstHop, type Hop, isRedirect, nextHop } from "./hop.ts";
import type { ClientLimits } from "./limits.ts";
import type { OutgoingRequest, StreamingClient, StreamRequest } from "./request.ts";
import type { Resolve } from "./resolve.ts";
import type { OutgoingResponse } from "./response.ts";
import { Slots } from "./slots.ts";
import { StreamedResponse } from "./streamed-response.ts";
import { toOutgoingError } from "./undici-errors.ts";

/** What a client is made from. */
export interface ClientNeeds {
  readonly policy: AddressPolicy;
  readonly resolve: Resolve;
  /** What is trusted, when that differs from what Node trusts. */
  readonly secureContext: SecureContext | undefined;
  readonly limits: ClientLimits;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
/** A server may ask for connections to be kept, but not for long. */
const KEEP_ALIVE_MAX_MS = 30_000;

/** Of undici's own limits: that of the whole request decides. */
const UNLIMITED = 0;

/** A request on its way: each of its hops has the same limits. */
type Sent = StreamRequest & Required<Pick<OutgoingRequest, "signal" | "method">>;

/** A client with connections of its own. */
export class PolicyClient implements StreamingClient, AsyncDisposable {
  readonly #agent: Agent;
  readonly #limits: ClientLimits;
  readonly #places: Slots;
  readonly #placesByHost = new Map<string, Slots>();

  constructor({ limits, ...needs }: ClientNeeds) {
    this.#limits = limits;
    this.#places = new Slots(limits.total, limits.waiting);
    this.#agent = new Agent({
      connect: createConnector({ ...needs, connectTimeoutMs: limits.connectTimeoutMs }),
      connections: limits.perHost,
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
      headersTimeout: UNLIMITED,
      bodyTimeout: UNLIMITED,
    });
  }

  async request({ maxBytes = DEFAULT_MAX_BYTES, ...request }: OutgoingRequest): Promise<OutgoingResponse> {
    await using answer = await this.stream(request);
    return await answer.whole(maxBytes);
  }

  async stream(request: StreamRequest): Promise<StreamedResponse> {
    const { allowsPlainHttp = false, timeoutMs = DEFAULT_TIMEOUT_MS, method = "GET" } = request;
    const redirects = method === "GET" || method === "HEAD" ? (request.redirects ?? 0) : 0;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    let hop = firstHop(request);
    for (let left = redirects; ; left--) {
      const answer = await this.#ask(hop, { ...request, method, signal });
      if (redirects === 0 || !isRedirect(answer.status)) return answer;
      await answer[Symbol.asyncDispose]();
      if (left === 0) throw new OutgoingError("redirected", hop.url.host);
      hop = nextHop(hop, answer.header("location"), allowsPlainHttp);
    }
  }

  /** Ends all connections; requests that are on their way fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  async #ask(hop: Hop, request: Sent): Promise<StreamedResponse> {
    const { host } = hop.url;
    if (request.mayAsk?.(hop.url) === false) throw new OutgoingError("denied", host);
    const toError = errorsOf(request.signal, host);
    try {
      using places = await this.#placesFor(host, request.signal);
      return await this.#send(hop, request, { places, toError });
    } catch (error) {
      throw toError(error);
    }
  }

  async #send(
    { url, headers }: Hop,
    request: Sent,
    { places, toError }: { places: DisposableStack; toError: (error: unknown) => OutgoingError },
  ): Promise<StreamedResponse> {
    const { method, body, signal, unpacks = false } = request;
    const answer = await send(url, {
      dispatcher: this.#agent,
      method,
      headers: { ...headersOf(unpacks), ...headers },
      ...(body !== undefined && { body }),
      reset: !this.#limits.keepsConnections,
      signal,
    });
    const { statusCode: status, headers: answered, body: readable } = answer;
    const hasBody = method !== "HEAD";
    const parts = { status, headers: answered, body: readable, url, hasBody, unpacks, toError };
    return new StreamedResponse({ ...parts, places: places.move() });
  }

  /** The places that the request takes; given back when they are disposed of. */
  async #placesFor(host: string, signal: AbortSignal): Promise<DisposableStack> {
    const { perHost, waitingPerHost } = this.#limits;
    const ofHost = this.#placesByHost.getOrInsertComputed(host, () => new Slots(perHost, waitingPerHost));
    using places = new DisposableStack();
    // Given back last: then nobody has or wants a place of this host's any more.
    places.defer(() => {
      if (ofHost.isIdle) this.#placesByHost.delete(host);
    });
    places.use(await placeIn(ofHost, host, signal));
    places.use(await placeIn(this.#places, host, signal));
    return places.move();
  }
}

/** Compressed answers are asked for by those alone who unpack them: else they would be limited by what they are before. */
const headersOf = (unpacks: boolean): Record<string, string> => ({
  "user-agent": "heddle",
  "accept-encoding": unpacks ? "gzip, br" : "identity",
});

/** Whatever goes wrong after the signal aborted went wrong because of it. */
function errorsOf(signal: AbortSignal, host: string): (error: unknown) => OutgoingError {
  return (error) => {
    if (!signal.aborted) return toOutgoingError(error, host);
    const reason: unknown = signal.reason;
    const isTimeout = reason instanceof Error && reason.name === "TimeoutError";
    return new OutgoingError(isTimeout ? "timeout" : "cancelled", host, { cause: error });
  };
}

async function placeIn(slots: Slots, host: string, signal: AbortSignal): Promise<Disposable> {
  const place = await slots.take(signal);
  if (!place) throw new OutgoingError("busy", host);
  return place;
}
