import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Surface } from "./endpoint.ts";
import { Waiting } from "./exchange.ts";
import type { RouteNeeds } from "./route.ts";
import { createRouter } from "./router.ts";
import { type ConnectionLimits, createSocketServer, type SocketServer } from "./sockets.ts";
import { CertificateReloader, readTlsPairNow, type TlsFiles, type TlsPair } from "./tls.ts";

/** One address to listen at, and what is answered there. */
export interface ListenerOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly tls?: TlsFiles | undefined;
  readonly serve: readonly Surface[];
  /** Addresses and networks of reverse proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

/** A listener could not be opened: its address is taken or forbidden, or its certificate cannot be read. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly listener: ListenerOptions;

  constructor(listener: ListenerOptions, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot listen at ${listener.host}:${listener.port}: ${reason}`, { cause });
    this.listener = listener;
  }
}

export interface ListenerNeeds extends Omit<RouteNeeds, "waiting"> {
  readonly connections: ConnectionLimits;
  /** How often the files of a certificate are looked at. */
  readonly certificateCheckMs: number;
}

/** One listening socket with its own router: only the surfaces it serves exist there. */
export class Listener {
  readonly app: FastifyInstance;
  readonly #options: ListenerOptions;
  readonly #logger: Logger;
  readonly #sockets: SocketServer;
  readonly #waiting: Waiting;
  readonly #reloader: CertificateReloader | undefined;

  /** @throws ListenError when the certificate cannot be read */
  static create(options: ListenerOptions, needs: ListenerNeeds): Listener {
    const { tls } = options;
    if (tls === undefined) return new Listener(options, needs, createSocketServer(needs.connections), undefined);
    const pair = readCertificate(options, tls);
    const sockets = createSocketServer(needs.connections, pair);
    const use = (next: typeof pair) => sockets.useCertificate(next);
    const reloader = new CertificateReloader(tls, pair, use, needs.logger, needs.certificateCheckMs);
    return new Listener(options, needs, sockets, reloader);
  }

  private constructor(
    options: ListenerOptions,
    needs: ListenerNeeds,
    sockets: SocketServer,
    reloader: CertificateReloader | undefined,
  ) {
    this.#options = options;
    this.#logger = needs.logger;
    this.#sockets = sockets;
    this.#reloader = reloader;
    this.#waiting = new Waiting();
    this.app = createRouter(options, { ...needs, waiting: this.#waiting }, sockets.server);
  }

  /**
   * Resolves when connections are accepted.
   * @throws Error of the system (EADDRINUSE, EACCES, …)
   */
  async listen(): Promise<AddressInfo> {
    await this.app.ready();
    const { host, port } = this.#options;
    const { server } = this.#sockets;
    server.listen({ host, port });
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("A TCP address was expected");
    return address;
  }

  /** Takes new certificate files into use now, not at the next look. Resolves to whether there were any. */
  async reloadCertificate(): Promise<boolean> {
    return (await this.#reloader?.reload()) ?? false;
  }

  /**
   * Accepts nothing more, ends what only waits, lets the rest finish; connections that still work after `graceMs` are
   * cut.
   */
  async close(graceMs: number): Promise<void> {
    this.#reloader?.[Symbol.dispose]();
    this.#waiting.end();
    const wasCut = await this.#sockets.close(graceMs);
    if (wasCut) this.#logger.warn({ graceMs }, "Requests were cut off at the stop of the server");
    await this.app.close();
  }
}

function readCertificate(options: ListenerOptions, files: TlsFiles): TlsPair {
  try {
    return readTlsPairNow(files);
  } catch (error) {
    throw new ListenError(options, error);
  }
}
