import { resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { parseConfig } from "../config/parse.ts";

/**
 * What a server is that was told nothing: `localhost`, on loopback, with its data in `heddle-data` of the current folder.
 * Throws `ConfigError` for a port that is none.
 */
export function defaultConfig(port = "8008"): Config {
  const text = `server_name: localhost\nlisteners:\n  - port: ${port}\n`;
  return parseConfig(text, { file: "--port", folder: resolve("."), environment: {} });
}

/** The configuration that a command of administration works on: the file, or the server of `heddle start`. */
export async function loadConfigOrDefault(file: string | undefined): Promise<Config> {
  return file === undefined ? defaultConfig() : await loadConfig(file, process.env);
}
