import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const program = join(import.meta.dirname, "../../bin/heddle.js");
const LIMIT_MS = 30_000;

/** How a start ended that was not to succeed. */
export type RefusedStart = {
  /** Null when it was ended by us, since it ran after all. */
  readonly code: number | null;
  /** What it said, by lines. */
  readonly said: readonly string[];
};

/**
 * Starts the program, and waits until it ends. `config` is what its configuration file holds; it is written into
 * `folder`. `wrapper` is a command that starts another one.
 */
export async function startRefused(
  folder: string,
  config: object,
  wrapper: readonly string[] = [],
): Promise<RefusedStart> {
  const configFile = join(folder, "refused.yaml");
  await writeFile(configFile, JSON.stringify(config));
  const args = [program, "serve", "--config", configFile];
  const [command, ...wrapped] = wrapper.length > 0 ? [...wrapper, process.execPath] : [process.execPath];
  // The channel ends it when this process is gone.
  const child = spawn(command ?? process.execPath, [...wrapped, ...args], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    timeout: LIMIT_MS,
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stdout?.setEncoding("utf8").on("data", (line: string) => {
    if (line.startsWith("heddle ready")) child.kill("SIGKILL");
  });
  const [code] = await once(child, "close");
  return { code: typeof code === "number" ? code : null, said: said.split("\n").filter((line) => line !== "") };
}

/** A configuration that starts, but for what a test changes. */
export function plainConfig(database: string, port = 0): Readonly<Record<string, unknown>> {
  return {
    server_name: "localhost",
    data_dir: "data",
    listeners: [{ host: "127.0.0.1", port }],
    database,
    log: { level: "warn" },
  };
}
