import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { root } from "../support/source-files.ts";
import { shortName } from "./areas.ts";
import type { Options } from "./options.ts";

/** Runs SyTest against this checkout; what it prints is passed on. Gives the file with the results. */
export function runSytest(sytest: string, { runner, out, timeoutFactor, prefixes }: Options): string {
  const folder = resolve(out ?? mkdtempSync(join(tmpdir(), "sytest-")));
  const program = resolve(runner, "run");
  const common = ["--sytest", resolve(sytest)];
  const files = prefixes.length === 0 ? [] : chooseFiles(program, common, prefixes);
  const options = ["--out", folder, "--timeout-factor", timeoutFactor, "--no-compare"];
  const env = {
    ...process.env,
    HEDDLE_DIR: root,
    HEDDLE_COMMAND: `'${process.execPath}' bin/heddle.js serve --config %CONFIG%`,
    HEDDLE_CONFIG_TEMPLATE: join(import.meta.dirname, "sytest.yaml.template"),
  };
  // Its status says whether all tests passed, which is for the page to tell.
  const { error } = spawnSync(program, [...common, ...options, ...files], { stdio: "inherit", env });
  if (error) throw error;
  const results = join(folder, "results.tsv");
  if (!existsSync(results)) throw new Error("the run left no results");
  return results;
}

function chooseFiles(program: string, common: readonly string[], prefixes: readonly string[]): string[] {
  const { stdout, error } = spawnSync(program, [...common, "--list"], { encoding: "utf8" });
  if (error) throw error;
  const files = stdout.split("\n").filter((file) => prefixes.some((prefix) => shortName(file).startsWith(prefix)));
  if (files.length === 0) throw new Error(`no test file begins with ${prefixes.join(" or ")}`);
  return files;
}
