import { relative } from "node:path";
import type { Config } from "../config/config.ts";
import { defaultConfig } from "./default-config.ts";
import { type FirstAdministrator, makeFirstAdministrator } from "./first-administrator.ts";
import { createLogger } from "../http/logging.ts";
import { runUntilSignal } from "./run-until-signal.ts";

export type StartOptions = { readonly port: string; readonly log?: "json" | "text" };

/** `heddle start`, which `npm start` runs: the embedded default, and an administrator on the first start. */
export async function start(options: StartOptions): Promise<void> {
  const config = defaultConfig(options.port);
  const logger = createLogger({ ...config.log, format: options.log ?? config.log.format });
  const administrator = await makeFirstAdministrator(config);
  // Said at once: the account exists now, whatever becomes of this start.
  if (administrator !== undefined) process.stdout.write(introduce(administrator));
  await runUntilSignal(config, logger, (addresses) => {
    process.stdout.write(`heddle ready ${addresses.join(" ")}\n${welcome(config, addresses)}`);
  });
}

function introduce({ userId, password }: FirstAdministrator): string {
  return `
  Administrator: ${userId}
  Password:      ${password}   (shown this once)

`;
}

function welcome(config: Config, [address = ""]: readonly string[]): string {
  return `
Heddle runs as the homeserver ${config.serverName}, with its data in ${relative(".", config.dataDir)}.

  Client:        log in with any Matrix client, homeserver ${address}, for instance
                 https://app.element.io/#/login?hs_url=${encodeURIComponent(address)}

Ctrl+C stops it. More accounts: npx heddle user create NAME. To let others reach it: docs/configuration.md.

`;
}
