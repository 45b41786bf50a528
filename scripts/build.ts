/** What `npm pack` runs first: `src/` as JavaScript in `dist/`, since Node strips no types under `node_modules`. */
import { spawnSync } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./static-checks.ts";

rmSync(join(root, "dist"), { recursive: true, force: true });
const compiler = join(root, "node_modules/typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (status !== 0) process.exit(1);
// Files that are read at run time, which the compiler leaves where they are.
for (const file of globSync("src/**/*.{sql,json,html,css,js,svg,wasm}", { cwd: root })) {
  const target = join(root, file.replace(/^src/, "dist"));
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(root, file), target);
}
