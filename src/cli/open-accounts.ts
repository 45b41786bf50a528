import { pino } from "pino";
import type { Config } from "../config/config.ts";
import { assemble } from "../homeserver.ts";
import { type AccountAdministration, administrationOf } from "./account-administration.ts";
import { connectControl } from "./control-client.ts";
import { controlSocketPath } from "./control-protocol.ts";

/**
 * Lets `work` administer the accounts of a configuration: in the server when it runs, else in its database. For that the
 * whole server is put together, without its listeners: what modules keep of an account goes with it.
 */
export async function withAccounts<T>(
  config: Config,
  work: (accounts: AccountAdministration) => Promise<T>,
): Promise<T> {
  using running = await connectControl(controlSocketPath(config));
  if (running !== undefined) return await work(running);
  await using server = await assemble(config, { logger: pino({ enabled: false }) });
  return await work(administrationOf(server.users));
}
