import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { type Homeserver, startHomeserver } from "../homeserver.ts";
import { controlSocketPath } from "./control-protocol.ts";
import { administrationOf } from "./account-administration.ts";
import { serveControl } from "./control-server.ts";
import { explainStartFailure } from "./start-failure.ts";
import { CommandError } from "./failure.ts";

/** A stop that takes longer has lost something that it waits for; the contract promises 10 s. */
const stopLimitMs = 9500;

/**
 * Starts the homeserver, calls `onReady` when every listener accepts connections, and stops it on SIGTERM or SIGINT (or
 * when the process that started this one is gone). Returns when it has stopped.
 */
export async function runUntilSignal(
  config: Config,
  logger: Logger,
  onReady: (addresses: readonly string[]) => void,
): Promise<void> {
  const asked = whenAskedToStop();
  const homeserver = await startHomeserver(config, { logger }).catch((error: unknown) => {
    throw explainStartFailure(error, config);
  });
  const control = await serveControl(controlSocketPath(config), administrationOf(homeserver.users), logger);
  onReady(homeserver.addresses);
  logger.info({ addresses: homeserver.addresses }, "ready");
  const reason = await asked;
  logger.info({ reason }, "stopping");
  await control[Symbol.asyncDispose]();
  await stopInTime(homeserver);
  logger.info("stopped");
}

/** Further signals change nothing: a process group often gets the same one from several sides. */
async function whenAskedToStop(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => resolve(signal));
    process.on("disconnect", () => resolve("parent is gone"));
  });
}

async function stopInTime(homeserver: Homeserver): Promise<void> {
  const limit = new AbortController();
  const late = sleep(stopLimitMs, "late" as const, { signal: limit.signal, ref: true }).catch(
    () => "cancelled" as const,
  );
  const first = await Promise.race([homeserver.stop().then(() => "stopped" as const), late]);
  limit.abort();
  if (first === "late") throw new CommandError(`the server did not stop within ${stopLimitMs / 1000} s`);
}
