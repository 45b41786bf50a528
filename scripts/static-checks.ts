import { spawn } from "node:child_process";
import { join } from "node:path";

/** The folder of the repository. */
export const root = join(import.meta.dirname, "..");

/** What the type checker found before: the second time it looks at what changed alone. */
const typesSeen = join(root, "node_modules", ".cache", "heddle", "types.json");

type Outcome = { readonly name: string; readonly passed: boolean; readonly output: string };

const folders = ["src", "test", "bench", "scripts", "bin"];

/** Types, lint and format. Prints the output of what failed; answers whether all passed. */
export async function runStaticChecks(): Promise<boolean> {
  const outcomes = await Promise.all([
    runTool("types", "typescript/bin/tsc", ["-p", ".", "--incremental", "--tsBuildInfoFile", typesSeen]),
    runTool("lint", "oxlint/bin/oxlint", ["--type-aware", ...folders]),
    runTool("format", "@biomejs/biome/bin/biome", ["format", ...folders]),
  ]);
  for (const { name, passed, output } of outcomes) {
    process.stdout.write(passed ? `✔ ${name}\n` : `✖ ${name}\n${output}\n`);
  }
  return outcomes.every(({ passed }) => passed);
}

async function runTool(name: string, tool: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [join(root, "node_modules", tool), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ name, passed: false, output: error.message }));
    child.on("close", (code) => resolve({ name, passed: code === 0, output }));
  });
}
