/*
 * How this works. Every request waits for one of its server's places, then for one of all places, so that a slow server
 * holds up requests to itself alone. Its whole time (waiting, connecting, redirects, reading) is one limit. Addresses
 * are decided on where the connection is made (connector.ts), so each redirect passes the same check.
 */
import type { SecureContext } from "node:tls";
import { Agent, request as send } from "undici";
import type { AddressPolicy } from "./address-policy.ts";
import { createConnector } from "./connector.ts";
import { OutgoingError } from "./errors.ts";
import { firstHop, type Hop, isRedirect, nextHop } from "./hop.ts";
import type { ClientLimits } from "./limits.ts";
import type { HttpClient, OutgoingRequest } from "./request.ts";
import type { Resolve } from "./resolve.ts";
import { OutgoingResponse, readBody } from "./response.ts";
import { Slots } from "./slots.ts";
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

/** Of undici's own limits: that of the whole request decides. */
const UNLIMITED = 0;

/** Answers are read as they come: compressed ones would be limited by what they are before, not after. */
const ownHeaders = { "user-agent": "heddle", "accept-encoding": "identity" };

/** A client with connections of its own. */
export class PolicyClient implements HttpClient, AsyncDisposable {
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
      headersTimeout: UNLIMITED,
      bodyTimeout: UNLIMITED,
    });
  }

  async request(request: OutgoingRequest): Promise<OutgoingResponse> {
    const { allowsPlainHttp = false, timeoutMs = DEFAULT_TIMEOUT_MS, method = "GET" } = request;
    const redirects = method === "GET" || method === "HEAD" ? (request.redirects ?? 0) : 0;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    let hop = firstHop(request);
    for (let left = redirects; ; left--) {
      const response = await this.#ask(hop, { ...request, method, signal });
      if (redirects === 0 || !isRedirect(response.status)) return response;
      if (left === 0) throw new OutgoingError("redirected", hop.url.host);
      hop = nextHop(hop, response.header("location"), allowsPlainHttp);
    }
  }

  /** Ends all connections; requests that are on their way fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  async #ask(hop: Hop, request: OutgoingRequest & Required<Pick<OutgoingRequest, "signal">>) {
    const { host } = hop.url;
    try {
      return await this.#inPlace(host, request.signal, async () => await this.#send(hop, request));
    } catch (error) {
      if (!request.signal.aborted) throw toOutgoingError(error, host);
      const reason: unknown = request.signal.reason;
      const isTimeout = reason instanceof Error && reason.name === "TimeoutError";
      throw new OutgoingError(isTimeout ? "timeout" : "cancelled", host, { cause: error });
    }
  }

  async #send({ url, headers }: Hop, { method = "GET", body, signal, maxBytes }: OutgoingRequest) {
    const answer = await send(url, {
      dispatcher: this.#agent,
      method,
      headers: { ...ownHeaders, ...headers },
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    });
    const announced = method === "HEAD" ? 0 : Number(answer.headers["content-length"] ?? 0);
    const read = await readBody(answer.body, { maxBytes: maxBytes ?? DEFAULT_MAX_BYTES, announced, host: url.host });
    return new OutgoingResponse(answer.statusCode, answer.headers, read);
  }

  async #inPlace<T>(host: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { perHost, waitingPerHost } = this.#limits;
    const ofHost = this.#placesByHost.getOrInsertComputed(host, () => new Slots(perHost, waitingPerHost));
    try {
      using places = new DisposableStack();
      places.use(await placeIn(ofHost, host, signal));
      places.use(await placeIn(this.#places, host, signal));
      return await work();
    } finally {
      if (ofHost.isIdle) this.#placesByHost.delete(host);
    }
  }
}

async function placeIn(slots: Slots, host: string, signal: AbortSignal): Promise<Disposable> {
  const place = await slots.take(signal);
  if (!place) throw new OutgoingError("busy", host);
  return place;
}
