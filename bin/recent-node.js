// Plain JavaScript for Node 18 and later, without dependencies: it runs before anything is known to be there.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";

/** The oldest Node that runs Heddle. */
const oldest = 26;

/** Whether the running Node is recent enough. */
export function isRecentNode() {
  return Number(process.versions.node.split(".")[0]) >= oldest;
}

/** The program of a recent enough Node: the running one, or the one installed as a dependency; undefined without. */
export function findRecentNode() {
  if (isRecentNode()) return process.execPath;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve("node/package.json"));
    return ["bin/node", "bin/node.exe"].map((name) => join(folder, name)).find((file) => existsSync(file));
  } catch {
    // Not installed: the same answer as a package without its binary.
    return undefined;
  }
}

/**
 * Runs a recent Node in this one's place: same input and output, signals passed on, exit code taken over. The channel
 * tells the child when this process is gone without a signal that could be passed on.
 */
export function runWithRecentNode(args) {
  const program = findRecentNode();
  if (program === undefined) {
    console.error(`heddle needs Node ${oldest} or later, and its dependency "node" is not installed: run npm ci`);
    process.exit(1);
  }
  const child = spawn(program, args, { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(`heddle cannot run ${program}: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
