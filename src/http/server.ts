import type { InjectOptions, LightMyRequestResponse } from "fastify";
import type { Logger } from "pino";
import type { Authenticate } from "./authentication.ts";
import type { AnyEndpoint } from "./endpoint.ts";
import { ListenError, Listener, type ListenerOptions } from "./listener.ts";
import type { HttpMetrics } from "./metrics.ts";
import type { Limiter } from "./rate-limits.ts";
import { type ConnectionLimits, defaultConnectionLimits } from "./sockets.ts";

export interface HttpServerOptions {
  readonly listeners: readonly ListenerOptions[];
  /** All endpoints of all surfaces; each listener takes those of the surfaces that it serves. */
  readonly endpoints: readonly AnyEndpoint[];
  readonly authenticate: Authenticate;
  readonly limiter: Limiter;
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
  /** Largest body for endpoints that do not say otherwise; 1 MiB by default. */
  readonly bodyLimitBytes?: number;
  readonly connections?: Partial<ConnectionLimits>;
  /** How often certificate files are looked at; every minute by default. */
  readonly certificateCheckMs?: number;
}

/** Where a listener accepts connections. */
export interface BoundListener {
  readonly url: string;
  readonly port: number;
  readonly options: ListenerOptions;
}

/** All listeners of the process. */
export interface HttpServer extends AsyncDisposable {
  /**
   * Accepts connections on all listeners; on none when one of them fails.
   * @throws ListenError
   */
  listen(): Promise<readonly BoundListener[]>;
  /** Passes a request to a listener (the first, or the one with this index) without a socket: for tests. */
  inject(request: InjectOptions | string, listener?: number): Promise<LightMyRequestResponse>;
  /** Takes changed certificate files into use now rather than at the next look. */
  reloadCertificates(): Promise<void>;
  /**
   * Stops accepting, ends long polls through their signal, finishes what was accepted; connections that are still busy
   * after `graceMs` (8 s) are cut. A second call waits for the first.
   */
  close(graceMs?: number): Promise<void>;
}

const DEFAULT_BODY_LIMIT_BYTES = 1024 * 1024;
const DEFAULT_CERTIFICATE_CHECK_MS = 60_000;
/** The process has ten seconds to stop: some are left for the rest of it. */
const DEFAULT_GRACE_MS = 8_000;

/**
 * Makes the listeners; `listen()` opens them.
 * @throws ListenError when a certificate cannot be read
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const needs = {
    ...options,
    connections: { ...defaultConnectionLimits, ...options.connections },
    bodyLimitBytes: options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
    certificateCheckMs: options.certificateCheckMs ?? DEFAULT_CERTIFICATE_CHECK_MS,
  };
  return new Listeners(options.listeners.map((each) => ({ options: each, listener: Listener.create(each, needs) })));
}

interface Made {
  readonly options: ListenerOptions;
  readonly listener: Listener;
}

class Listeners implements HttpServer {
  readonly #made: readonly Made[];
  #closed: Promise<void> | undefined;

  constructor(made: readonly Made[]) {
    this.#made = made;
  }

  async listen(): Promise<readonly BoundListener[]> {
    const bound: BoundListener[] = [];
    for (const { options, listener } of this.#made) {
      try {
        const { port, address, family } = await listener.listen();
        const host = family === "IPv6" ? `[${address}]` : address;
        bound.push({ url: `${options.tls === undefined ? "http" : "https"}://${host}:${port}`, port, options });
      } catch (error) {
        await this.close(0);
        throw new ListenError(options, error);
      }
    }
    return bound;
  }

  async inject(request: InjectOptions | string, index = 0): Promise<LightMyRequestResponse> {
    const made = this.#made[index];
    if (made === undefined) throw new RangeError(`There is no listener ${index}`);
    return await made.listener.app.inject(request);
  }

  async reloadCertificates(): Promise<void> {
    await Promise.all(this.#made.map(({ listener }) => listener.reloadCertificate()));
  }

  close(graceMs: number = DEFAULT_GRACE_MS): Promise<void> {
    this.#closed ??= Promise.all(this.#made.map(({ listener }) => listener.close(graceMs))).then(() => undefined);
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
