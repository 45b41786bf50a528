import type { Config } from "../config/config.ts";
import { ListenError } from "../http/listener.ts";
import { CommandError } from "./failure.ts";

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "is in use by another program",
  EACCES: "may not be used by this user",
  EADDRNOTAVAIL: "is not an address of this machine",
  ENOTFOUND: "cannot be resolved",
};

/** Names the key of the configuration behind a failed start, where the error itself does not. */
export function explainStartFailure(error: unknown, config: Config): unknown {
  if (!(error instanceof ListenError)) return error;
  const { host, port } = error.listener;
  const index = config.listeners.findIndex((listener) => listener.host === host && listener.port === port);
  const reason = reasons[codeOf(error.cause)];
  const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const message = reason === undefined ? error.message : `${address} ${reason}`;
  return new CommandError(`listeners[${index}]: ${message}`, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
