import type { Logger } from "pino";
import type { Config } from "./config/config.ts";
import type { Accounts } from "./engine/users/users.ts";

/** A running homeserver. */
export interface Homeserver {
  /** `http://127.0.0.1:8008`, one for each listener. */
  readonly addresses: readonly string[];
  /** For the command line, which administers a running server through its control socket. */
  readonly accounts: Accounts;
  /** Stops accepting, ends long polls, finishes what was accepted, flushes. */
  stop(): Promise<void>;
}

/** Starts every part and returns when all listeners accept connections. */
export async function startHomeserver(config: Config, { logger }: { readonly logger: Logger }): Promise<Homeserver> {
  logger.debug({ serverName: config.serverName }, "starting");
  throw new Error("the homeserver is not wired yet");
}
