/** Limits of a client; tests have smaller ones. */
export interface ClientLimits {
  readonly connectTimeoutMs: number;
  /** Requests to one server at the same time, and as many sockets. */
  readonly perHost: number;
  /** Requests to one server that wait beyond those. */
  readonly waitingPerHost: number;
  /** Requests at the same time in all. */
  readonly total: number;
  /** Requests that wait in all for a place among them. */
  readonly waiting: number;
  /** Whether connections stay open for further requests to the same server. */
  readonly keepsConnections: boolean;
}

export const defaultLimits: ClientLimits = {
  connectTimeoutMs: 10_000,
  perHost: 8,
  waitingPerHost: 100,
  total: 128,
  waiting: 2000,
  keepsConnections: true,
};
