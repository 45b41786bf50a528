import { resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { parseConfig } from "../config/parse.ts";
import { createLogger } from "./logger.ts";
import { runUntilSignal } from "./run-until-signal.ts";

export type StartOptions = { readonly port: string; readonly log?: "json" | "text" };

/** `heddle start`, which `npm start` runs: the embedded default, and an administrator on the first start. */
export async function start(options: StartOptions): Promise<void> {
  const config = defaultConfig(options.port);
  const logger = createLogger({ ...config.log, format: options.log ?? config.log.format });
  await runUntilSignal(config, logger, (addresses) => {
    process.stdout.write(`heddle ready ${addresses.join(" ")}\n${welcome(config, addresses)}`);
  });
}

/** What a server is that was told nothing: `localhost`, on loopback, with its data in the current folder. */
function defaultConfig(port: string): Config {
  const text = `server_name: localhost\nlisteners:\n  - port: ${port}\n`;
  return parseConfig(text, { file: "--port", folder: resolve("."), environment: {} });
}

function welcome(config: Config, addresses: readonly string[]): string {
  const [address = ""] = addresses;
  return `
Heddle runs as the homeserver ${config.serverName}; its data is in ${config.dataDir}

  Client:  choose the homeserver ${address} in any Matrix client, for instance
           https://app.element.io/#/login?hs_url=${encodeURIComponent(address)}

Ctrl+C stops it. To run it for others, write a configuration file: docs/configuration.md

`;
}
