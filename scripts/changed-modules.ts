import { spawnSync } from "node:child_process";
import { root } from "./static-checks.ts";

/** The modules with changes that are not committed, by name; `undefined` where git cannot tell. */
export function changedModules(): string[] | undefined {
  const { status, stdout } = spawnSync("git", ["status", "--porcelain", "--untracked-files=all", "src/modules"], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) return undefined;
  const names = [...stdout.matchAll(/src\/modules\/([^/\s]+)\//g)].map(([, name = ""]) => name);
  return [...new Set(names)].toSorted();
}
