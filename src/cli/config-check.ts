import { loadConfig } from "../config/load.ts";

/** `heddle config check`: throws `ConfigError` for a file that `serve` would refuse. */
export async function checkConfig(file: string): Promise<void> {
  const config = await loadConfig(file, process.env);
  process.stdout.write(`${file}: ok (server name ${config.serverName}, database ${config.database.kind})\n`);
}
