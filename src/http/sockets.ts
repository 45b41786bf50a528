import { once } from "node:events";
import { createServer, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { TlsPair } from "./tls.ts";

/** What slow, broken and greedy clients may take of a listener. */
export interface ConnectionLimits {
  /** From the first byte of a request to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to the end of its body; slow uploads of large media must fit. */
  readonly requestTimeoutMs: number;
  /** How long a connection may stay open without a request; longer than what reverse proxies use (60 s). */
  readonly keepAliveTimeoutMs: number;
  readonly maxConnections: number;
  /** Of the request line and all headers together; a `/sync` filter may stand in the URL. */
  readonly maxHeaderBytes: number;
  /** How often the timeouts are looked at. */
  readonly checkIntervalMs: number;
}

export const defaultConnectionLimits: ConnectionLimits = {
  headersTimeoutMs: 30_000,
  requestTimeoutMs: 600_000,
  keepAliveTimeoutMs: 75_000,
  maxConnections: 20_000,
  maxHeaderBytes: 65_536,
  checkIntervalMs: 5_000,
};

/** A TLS handshake that takes longer is cut. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** A server socket, with or without TLS. */
export interface SocketServer {
  readonly server: Server;
  /** Does nothing without TLS. */
  useCertificate(pair: TlsPair): void;
  /** Resolves when all connections are closed: to `true` when some had to be cut after `graceMs`. */
  close(graceMs: number): Promise<boolean>;
}

export function createSocketServer(limits: ConnectionLimits, pair?: TlsPair): SocketServer {
  const options: ServerOptions = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    maxHeaderSize: limits.maxHeaderBytes,
    noDelay: true,
  };
  if (pair === undefined) return socketServer(createServer(options), limits, () => undefined);
  const server = createTlsServer({
    ...options,
    ...pair,
    minVersion: "TLSv1.2",
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  return socketServer(server, limits, (next) => server.setSecureContext(next));
}

function socketServer(server: Server, limits: ConnectionLimits, useCertificate: (pair: TlsPair) => void): SocketServer {
  server.maxConnections = limits.maxConnections;
  return { server, useCertificate, close: (graceMs) => close(server, graceMs) };
}

/** A connection that has had its last answer is closed at the next look. */
const IDLE_CHECK_MS = 20;

async function close(server: Server, graceMs: number): Promise<boolean> {
  if (!server.listening) return false;
  let wasCut = false;
  const cutting = setTimeout(() => {
    wasCut = true;
    server.closeAllConnections();
  }, graceMs);
  const sweeping = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const closed = once(server, "close");
  server.close();
  await closed;
  clearTimeout(cutting);
  clearInterval(sweeping);
  return wasCut;
}
