import { loadConfig } from "../config/load.ts";
import { createLogger } from "../http/logging.ts";
import { runUntilSignal } from "./run-until-signal.ts";

export type ServeOptions = { readonly config: string; readonly log?: "json" | "text" };

/** `heddle serve`: the server in the foreground. */
export async function serve(options: ServeOptions): Promise<void> {
  const config = await loadConfig(options.config, process.env);
  const logger = createLogger({ ...config.log, format: options.log ?? config.log.format });
  await runUntilSignal(config, logger, (addresses) => {
    process.stdout.write(`heddle ready ${addresses.join(" ")}\n`);
  });
}
