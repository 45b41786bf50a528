import type { Requester } from "../../http/endpoint.ts";

/** Who a valid access token stands for. `sessionId` stays the same when tokens are refreshed. */
export interface Session extends Requester {
  readonly sessionId: string;
}

/** Where a request came from, for the device list that people see. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string;
}

/** The only place where tokens can be read: they are stored as hashes. */
export interface NewSession {
  readonly userId: string;
  readonly deviceId: string;
  readonly accessToken: string;
  /** Only for sessions that can be refreshed, whose access tokens expire. */
  readonly refresh?: { readonly token: string; readonly expiresInMs: number };
}
