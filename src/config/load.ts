import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Config } from "./config.ts";
import { parseConfig } from "./parse.ts";
import { ConfigError } from "./problem.ts";
import type { Environment } from "./substitute.ts";

/** Reads a configuration file. Throws `ConfigError`, also when the file cannot be read. */
export async function loadConfig(file: string, environment: Environment): Promise<Config> {
  return parseConfig(await readText(file), { file, folder: dirname(resolve(file)), environment });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    const message = reason === "ENOENT" ? "there is no such file" : `cannot be read (${reason})`;
    throw new ConfigError(file, [{ line: undefined, column: undefined, key: "", message }], { cause });
  }
}
