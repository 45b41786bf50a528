import type { Config, ListenerConfig } from "../config/config.ts";
import { CommandError } from "./failure.ts";

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "is in use by another program",
  EACCES: "may not be used by this user",
  EADDRNOTAVAIL: "is not an address of this machine",
  ENOTFOUND: "cannot be resolved",
};

/** Names the key of the configuration behind a failed start, where the error itself does not. */
export function explainStartFailure(error: unknown, config: Config): unknown {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return error;
  const reason = reasons[String(error.code)];
  const isListening = error.syscall === "listen" || error.syscall === "bind" || error.syscall === "getaddrinfo";
  if (reason === undefined || !isListening) return error;
  const port = "port" in error ? error.port : undefined;
  const index = config.listeners.findIndex((listener) => port === undefined || listener.port === port);
  const listener = config.listeners[index];
  if (listener === undefined) return error;
  return new CommandError(`listeners[${index}]: ${formatAddress(listener)} ${reason}`, { cause: error });
}

function formatAddress({ host, port }: ListenerConfig): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
