/** A Python with matrix-nio, in a virtual environment of the checkout that is made once. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const requirements = join(import.meta.dirname, "requirements.txt");
const cache = join(import.meta.dirname, "../../../.cache");
const INSTALL_LIMIT_MS = 120_000;

/** The program, or why there is none. */
export type Python = { readonly program: string } | { readonly missing: string };

/**
 * Where Python 3 or the registry of its packages cannot be had, the tests that need it are left out, saying so; not in
 * continuous integration (`CI` is set).
 */
export function findPython(): Python {
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16);
  const folder = join(cache, `nio-${digest}`);
  const program = join(folder, "bin/python");
  if (existsSync(folder)) return { program };
  const failure = install(folder);
  if (failure === undefined) return { program };
  if (process.env["CI"] !== undefined) throw new Error(failure);
  return { missing: failure };
}

/** What went wrong, if something did. A folder that is there is complete. */
function install(folder: string): string | undefined {
  const draft = `${folder}-${process.pid}`;
  mkdirSync(cache, { recursive: true });
  try {
    const failure =
      run("python3", ["-m", "venv", draft]) ??
      run(join(draft, "bin/python"), ["-m", "pip", "install", "--quiet", "--requirement", requirements]);
    // Another process may have been quicker.
    if (failure === undefined && !existsSync(folder)) renameSync(draft, folder);
    return failure;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8", timeout: INSTALL_LIMIT_MS });
  if (status === 0) return undefined;
  return `${program} ${args.slice(0, 3).join(" ")} failed: ${error?.message ?? stderr.slice(-500)}`;
}
